export type { Contents, Format } from '../formats/format.js';
export { type InputFile, inputFile } from '../snapshot/input-file.js';
export { type EncodeOptions, type ExportOptions, encode, exportTo } from './export.js';
export { type ExchangeFormat, FORMATS, formatNamed, formatOfFilename } from './formats.js';
export { openFile } from './open-file.js';
