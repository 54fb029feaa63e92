import { describe, expect, test } from 'vitest'
import { defaultLimits } from './limits.ts'
import { callIn, parseDownFrame, parseUpFrame } from './parse.ts'
import { protocolVersion } from './version.ts'

const limits = { ...defaultLimits, frameLength: 200, controlLength: 100, depth: 4 }

describe('parseUpFrame', () => {
  test.each([
    '',
    'x',
    'null',
    '1',
    '{}',
    '"[1,\\"bye\\"]"',
    '[]',
    '[1]',
    '["1","bye"]',
    '[-1,"bye"]',
    '[1.5,"bye"]',
    '[9007199254740992,"bye"]',
    '[0,"bye"]',
    '[-0,"bye"]',
    '[null,"bye"]',
    '[1,"nonsense"]',
    '[1,"s","e",1,{}]',
    '[1,["bye"]]',
    '[1,"bye",1]',
    `[1,"hello",${protocolVersion}]`,
    '[1,"hello","1","tabs"]',
    `[1,"hello",${protocolVersion},2]`,
    `[1,"hello",${protocolVersion},"tabs","e"]`,
    `[1,"hello",${protocolVersion},"tabs",null,1]`,
    `[1,"hello",${protocolVersion},"tabs","e",-1]`,
    `[1,"hello",${protocolVersion},"tabs","e",1,1,1]`,
    `[1,"hello",${protocolVersion},"tabs","e",1,"1"]`,
    `[1,"hello",${protocolVersion},"tabs",1,1]`,
    '[1,"a"]',
    '[1,"a",-1]',
    '[1,"a",1e309]',
    '[1,"a",1,1]',
    '[1,"ping"]',
    '[1,"ping",1,"reports"]',
    '[1,"ping",1,true]',
    '[1,"ping",1,"report",1]',
    '[1,"w"]',
    '[1,"w","a"]',
    '[1,"w",{"length":1}]',
    '[1,"w",[{"~":["d",1]}]]',
    '[1,"w",[],[]]',
    '[1,"call",1]',
    '[1,"call","1","ask"]',
    '[1,"call",1,null]',
    '[1,"call",1,"ask",1,2]',
    '[1,"ping"]',
    '[1,"ping",{}]',
    '[1,"ping",1] [1,"ping",2]',
  ])('refuses %s', (text) => {
    expect(() => parseUpFrame(text, limits)).toThrow(expect.objectContaining({ code: 'bad-frame' }))
  })

  test.each([
    ['too-large', `[1,"call",1,"ask","${'x'.repeat(200)}"]`],
    ['too-large', `[1,"w",["${'x'.repeat(100)}"]]`],
    ['too-deep', '[1,"call",1,"ask",[[[[[]]]]]]'],
    ['too-deep', '[1,"w",[1,2,3,4,5]]'],
    ['too-deep', '[1,"w",[[[]]]]'],
    ['reserved-key', '[1,"w",["__proto__"]]'],
    ['reserved-key', '[1,"call",1,"ask",{"__proto__":1}]'],
  ])('%s: %s', (code, text) => {
    expect(() => parseUpFrame(text, limits)).toThrow(expect.objectContaining({ code }))
  })

  test('takes as much as the limits allow', () => {
    expect(parseUpFrame('[1,"call",1,"ask",[[[[]]]]]', limits)).toMatchObject({ argument: [[[[]]]] })
    expect(parseUpFrame('[1,"w",[1,2,3,4]]', limits)).toMatchObject({ path: [1, 2, 3, 4] })
    expect(parseUpFrame(`[1,"call",1,"ask","${'x'.repeat(179)}"]`, limits)).toMatchObject({ type: 'call' })
  })

  test('looks at no more of a hello than all versions have in common', () => {
    const version = protocolVersion + 1
    expect(parseUpFrame(`[7,"hello",${version},{"new":"world"}]`, limits)).toEqual({
      type: 'hello',
      channel: 7,
      version,
      store: '',
      known: undefined,
      replaces: 0,
    })
  })
})

describe('parseDownFrame', () => {
  test.each([
    '[1,"s","e",1]',
    '[1,"s",1,1,{}]',
    '[1,"s","e",1,{},2]',
    '[1,"s","e",1,{},true]',
    '[1,"s","e",1,{},1,1]',
    '[1,"c",1,1,[],0]',
    '[1,"c",1,1,[],1,1]',
    '[1,"c",1,1]',
    '[1,"c",1,-1,[]]',
    '[1,"c",9007199254740991,1,[]]',
    '[1,"c",1,0,[["d",["a"]]]]',
    '[1,"c",1,1,{}]',
    '[1,"c",1,1,[{}]]',
    '[1,"c",1,1,[[]]]',
    '[1,"c",1,1,[["s"]]]',
    '[1,"c",1,1,[["s",["a"]]]]',
    '[1,"c",1,1,[["s",["a"],1,1]]]',
    '[1,"c",1,1,[["s","a",1]]]',
    '[1,"c",1,1,[["d",["a"],1]]]',
    '[1,"c",1,1,[["a",["a"]]]]',
    '[1,"c",1,1,[["a",["a"],1]]]',
    '[1,"c",1,1,[["x",["a"],0,0]]]',
    '[1,"c",1,1,[["x",["a"],-1,0,[]]]]',
    '[1,"c",1,1,[["x",["a"],0,0.5,[]]]]',
    '[1,"c",1,1,[["x",["a"],0,0,{}]]]',
    '[1,"c",1,1,[["x",["a"],0,0,{"~":["m",[]]}]]]',
    '[1,"c",1,1,[["y",["a"],1]]]',
    '[1,"c",1,1,[["y",["a"],0,0,[]]]]',
    '[1,"c",1,1,[["x",["a"],0,0,[],1]]]',
    '[1,"c",1,1,[["a",["a"],"x",1]]]',
    '[1,"ok",1]',
    '[1,"okay",1,1]',
    '[1,"ok",1,1,1,1]',
    '[1,"err",1,1,"closed"]',
    '[1,"err",1,1,"closed",1]',
    '[1,"pong",1]',
    '[1,"pong",1,1,{},1]',
    '[1,"refused","closed"]',
    '[1,"bye"]',
  ])('refuses %s', (text) => {
    expect(() => parseDownFrame(text)).toThrow(expect.objectContaining({ code: 'bad-frame' }))
  })

  test.each([
    ['reserved-key', '[1,"ok",1,1,{"__proto__":1}]'],
    ['reserved-key', '[1,"s","e",1,{"a":{"~":["u"]},"__proto__":1}]'],
    ['reserved-key', '[1,"c",1,1,[["d",["a","constructor"]]]]'],
    ['too-deep', `[1,"ok",1,1,${'['.repeat(141)}${']'.repeat(141)}]`],
    ['too-deep', `[1,"c",1,1,[["d",[${'1,'.repeat(140)}1]]]]`],
  ])('%s: %s', (code, text) => {
    expect(() => parseDownFrame(text)).toThrow(expect.objectContaining({ code }))
  })

  test.each([
    '{"a":["~",{"":1}]}',
    String.raw`{"a":"\n\"\\","b":[1,null]}`,
    '{"of the prototype":1,"a constructor":"the __proto__ of"}',
  ])('the state %s need not be looked at again', (state) => {
    const value = JSON.parse(state) as unknown
    expect(parseDownFrame(`[1,"s","e",1,${state}]`)).toMatchObject({ value, isPlain: true })
  })

  test.each([
    ['{"__proto__":1}', 'reserved-key'],
    ['{"a":[{"constructor":{}}]}', 'reserved-key'],
    ['{"a":{"prototype":1}}', 'reserved-key'],
    [String.raw`{"\u005f_proto__":1}`, 'reserved-key'],
    [String.raw`{"a":{"proto\u0074ype":1}}`, 'reserved-key'],
    [String.raw`{"\u007e":["?"]}`, 'bad-frame'],
  ])('the state %s is refused', (state, code) => {
    expect(() => parseDownFrame(`[1,"s","e",1,${state}]`)).toThrow(expect.objectContaining({ code }))
  })

  test('a state with what only looks like a reserved key is looked at again', () => {
    const value = { a: 'prototype', b: '\u0001' }
    expect(parseDownFrame(`[1,"s","e",1,${JSON.stringify(value)}]`)).toMatchObject({ value, isPlain: false })
  })

  test('text that looks like a tag is no tag', () => {
    const value = { a: '"~":', b: '{"~":["u"]}' }
    expect(parseDownFrame(`[1,"s","e",1,${JSON.stringify(value)}]`)).toMatchObject({ value })
  })
})

describe('callIn', () => {
  test.each<[string, unknown]>([
    ['[3,"call",7,"ask",nonsense', { channel: 3, id: 7 }],
    ['[3,"call",7]', undefined],
    ['[3,"a",7,', undefined],
    [' [3,"call",7,"ask"]', undefined],
    ['[3,"call",99999999999999999999,"ask"]', undefined],
    ['', undefined],
  ])('%s', (text, call) => {
    expect(callIn(text)).toEqual(call)
  })
})
