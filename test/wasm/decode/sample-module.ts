/** A module that has every section, and instructions of every group. */
import {
  buildModule,
  call,
  i32Const,
  i64Const,
  limits,
  localGet,
  type ModuleParts,
  opcodeBytes,
  sized,
  text,
} from '../module-builder.js'

const END = 0x0b
const FUNCREF = 0x70

const parts: ModuleParts = {
  imports: [
    { module: 'env', name: 'log', what: { params: ['i32'], results: [] } },
    { module: 'env', name: 'base', what: [0x03, 0x7f, 0x00] },
    { module: 'env', name: 'table', what: [0x01, FUNCREF, ...limits(4, 8)] },
  ],
  functions: [
    {
      name: 'add',
      params: ['i32', 'i64'],
      results: ['i64'],
      locals: ['i32', 'f64'],
      body: [...localGet(0), 0xac, ...localGet(1), 0x7c],
    },
    {
      params: ['i32'],
      results: ['i32'],
      body: [
        ...[0x02, 0x40, 0x03, 0x40, ...localGet(0), 0x0d, 0, ...localGet(0), 0x0e, 2, 0, 1, 1, END, END],
        ...[...localGet(0), 0x04, 0x7f, ...i32Const(1), 0x05, ...i32Const(2), END],
        ...[...i64Const(3n), ...localGet(0), 0x11, 1, 0, 0xa7],
      ],
    },
    {
      body: [...i32Const(8), 0x28, 2, 4, 0x1a, ...i32Const(0), ...i64Const(1n), 0x37, 3, 0, ...i32Const(7), ...call(0)],
    },
    { body: [...i32Const(0), ...i32Const(0), ...i32Const(2), ...opcodeBytes(0xfc08), 0, 0, ...opcodeBytes(0xfc09), 0] },
    { body: [0xd2, 1, 0x1a, 0xd0, FUNCREF, 0xd1, 0x1a, 0x43, 0, 0, 0x80, 0x3f, 0x91, 0x1a] },
  ],
  memory: [1, 2],
  tables: [[FUNCREF, ...limits(2)]],
  globals: [
    [0x7f, 0x01, ...i32Const(5), END],
    [0x7e, 0x00, ...i64Const(-1n), END],
    [0x7f, 0x00, 0x23, 0, END],
  ],
  exports: [
    ['memory', 2, 0],
    ['table', 1, 1],
    ['global', 3, 1],
  ],
  start: 4,
  elements: [
    [0x00, ...i32Const(0), END, ...sized([1, 2])],
    [0x01, 0x00, ...sized([1])],
    [0x05, FUNCREF, 2, 0xd2, 1, END, 0xd0, FUNCREF, END],
  ],
  data: [
    [0x00, ...i32Const(16), END, ...sized([1, 2, 3, 4])],
    [0x01, ...sized([9, 8, 7])],
  ],
  hasDataCount: true,
  custom: [['name', [0, ...sized(text('sample')), 1, ...sized([2, 0, ...text('log'), 2, ...text('calls')])]]],
}

export const sampleModule = buildModule(parts)
