import type { AnyNode, AssignmentExpression, BinaryExpression, CallExpression } from 'acorn';

/**
 * Guesses whether `a + b` joins strings, which allocates, or adds numbers, which allocates a heap number at most. The guess uses the
 * operands and what the file assigns to their names, without regard to scopes. A wrong guess costs precision or time, never correctness.
 */
export type OperandType = 'string' | 'number' | 'unknown';

const NUMBERS_ONLY = /^(?:-|\*|\/|%|\*\*|\||&|\^|<<|>>|>>>)=?$/;
const NUMBER_METHODS = new Set(['charCodeAt', 'codePointAt', 'indexOf', 'lastIndexOf']);
const PREDICATES = new Set([
  'Array.isArray',
  'Number.isInteger',
  'Number.isSafeInteger',
  'Number.isFinite',
  'Number.isNaN',
  'Object.is',
  'Object.hasOwn',
]);
/** Deep enough for real code. Bounded because each term of a sum is examined, and a sum may have 4,000 of them. */
const DEPTH = 5;

export class Names {
  readonly #types = new Map<string, OperandType>();

  /** Records one value that the file assigns to the name. */
  note(name: string, value: AnyNode): void {
    const type = this.typeOf(value);
    const known = this.#types.get(name);
    this.#types.set(name, known === undefined || known === type ? type : 'unknown');
  }

  typeOf(node: AnyNode, depth = DEPTH): OperandType {
    if (depth === 0) return 'unknown';
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'number' ? 'number' : typeof node.value === 'string' || node.bigint ? 'string' : 'unknown';
      case 'TemplateLiteral':
        return 'string';
      case 'Identifier':
        return this.#types.get(node.name) ?? 'unknown';
      case 'UpdateExpression':
        return 'number';
      case 'UnaryExpression':
        return /[-+~]/.test(node.operator) ? 'number' : 'unknown';
      case 'BinaryExpression':
      case 'AssignmentExpression':
        return this.#ofOperation(node, depth);
      case 'MemberExpression':
        return !node.computed && node.property.type === 'Identifier' && node.property.name === 'length' ? 'number' : 'unknown';
      case 'CallExpression':
        return returnsNumber(node) ? 'number' : 'unknown';
      case 'ConditionalExpression':
        return this.#both(node.consequent, node.alternate, depth);
      default:
        return 'unknown';
    }
  }

  /** A sum with one number counts as a number: `n + 1` is very common, while `'' + 1` shows its string. */
  isNumeric(sum: BinaryExpression | AssignmentExpression): boolean {
    const left = this.typeOf(sum.left);
    const right = this.typeOf(sum.right);
    return left !== 'string' && right !== 'string' && (left === 'number' || right === 'number');
  }

  #ofOperation(node: BinaryExpression | AssignmentExpression, depth: number): OperandType {
    if (node.operator === '=') return this.typeOf(node.right, depth - 1);
    if (node.operator === '+' || node.operator === '+=') {
      const left = this.typeOf(node.left, depth - 1);
      const right = this.typeOf(node.right, depth - 1);
      if (left === 'string' || right === 'string') return 'string';
      return left === 'number' && right === 'number' ? 'number' : 'unknown';
    }
    if (!NUMBERS_ONLY.test(node.operator)) return 'unknown';
    return isBigInt(node.left) || isBigInt(node.right) ? 'string' : 'number';
  }

  #both(a: AnyNode, b: AnyNode, depth: number): OperandType {
    const type = this.typeOf(a, depth - 1);
    return type === this.typeOf(b, depth - 1) ? type : 'unknown';
  }
}

export function isArithmetic(operator: string): boolean {
  return NUMBERS_ONLY.test(operator);
}

export function isBigInt(node: AnyNode): boolean {
  return node.type === 'Literal' && node.bigint !== undefined && node.bigint !== null;
}

/** Calls of known builtins that allocate a heap number at most. They are too frequent in hot loops to be wrapped. */
export function isQuietCall(node: CallExpression): boolean {
  const { callee } = node;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
  if (callee.property.name === 'charCodeAt' || callee.property.name === 'codePointAt') return true;
  if (callee.object.type !== 'Identifier') return false;
  return callee.object.name === 'Math' || PREDICATES.has(`${callee.object.name}.${callee.property.name}`);
}

function returnsNumber({ callee }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
  return NUMBER_METHODS.has(callee.property.name) || (callee.object.type === 'Identifier' && callee.object.name === 'Math');
}
