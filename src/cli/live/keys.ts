import { LIVE_SORTS, type LiveState } from '../../report/live/live-state.js';
import { lacksLabels } from '../../snapshot/statistics/column-keys.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';

/** A key as node:readline reports it. */
export interface Key {
  /** The text that it types; undefined if it types none. */
  readonly text: string | undefined;
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/** What the owner of the view must do after a key; null: nothing. */
export type Request = 'quit' | 'save' | 'suspend' | null;

const BY_PLACE: readonly KeyType[] = ['lineno', 'function', 'filename', 'package', 'thread', 'traceback'];
/** Types and domains are known in object mode only. */
const BY_OBJECT: readonly KeyType[] = ['type', 'domain'];

/** The state after a key, and the request that the key makes. */
export function pressed(state: LiveState, key: Key): { state: LiveState; request: Request } {
  if (key.ctrl && key.name === 'c') return { state, request: 'quit' };
  if (key.ctrl && key.name === 'z') return { state, request: 'suspend' };
  const answered = { ...state, message: '' };
  if (state.asks === 'help') return { state: { ...answered, asks: null }, request: null };
  if (state.asks === 'filter') return { state: typed(answered, key), request: null };
  return commanded(answered, key);
}

function typed(state: LiveState, { text, name, ctrl }: Key): LiveState {
  if (ctrl && name === 'u') return { ...state, filter: '' };
  switch (name) {
    case 'return':
    case 'enter':
      return { ...state, asks: null };
    case 'escape':
      return { ...state, asks: null, filter: '' };
    case 'backspace':
      return { ...state, filter: [...state.filter].slice(0, -1).join('') };
    default:
      return ctrl || text === undefined || /\p{Cc}/u.test(text) ? state : { ...state, filter: state.filter + text };
  }
}

function commanded(state: LiveState, { text }: Key): { state: LiveState; request: Request } {
  switch (text) {
    case 'q':
      return { state, request: 'quit' };
    case 'w':
      return { state, request: 'save' };
    case 'g':
      return { state: { ...state, keyType: after(state.keyType, groupings(state)) }, request: null };
    case 'o':
      return { state: { ...state, keyType: state.keyType === 'own' ? 'lineno' : 'own' }, request: null };
    case 's':
      return { state: { ...state, sort: after(state.sort, LIVE_SORTS) }, request: null };
    case 'f':
      return { state: { ...state, isFrozen: !state.isFrozen }, request: null };
    case '/':
      return { state: { ...state, asks: 'filter' }, request: null };
    case '?':
      return { state: { ...state, asks: 'help' }, request: null };
    default:
      return { state, request: null };
  }
}

function groupings({ readings }: LiveState): readonly KeyType[] {
  if (!readings) return BY_PLACE;
  const { snapshot } = readings.last;
  return [...BY_PLACE, ...(lacksLabels(snapshot) ? [] : (['label'] as const)), ...(snapshot.capture.mode === 'objects' ? BY_OBJECT : [])];
}

function after<T>(value: T, values: readonly T[]): T {
  return values[(values.indexOf(value) + 1) % values.length]!;
}
