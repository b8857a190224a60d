import { Parser, type Token } from 'acorn';
import type { SourceType } from '../../../src/lines/transform/parse.js';

/**
 * The program with a line's end behind whatever cannot end a statement, so that hardly two of its expressions share a line: what is on one
 * line needs no wrappers.
 */
export function spread(source: string, sourceType: SourceType): string {
  const tokens: Token[] = [];
  Parser.parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true, onToken: tokens });
  let spread = '';
  let copied = 0;
  for (const token of tokens.filter(isUnfinished)) {
    spread += `${source.slice(copied, token.end)}\n`;
    copied = token.end;
  }
  return spread + source.slice(copied);
}

/** An operator, a comma, an opening bracket. No line may end behind `return` and some other words. */
function isUnfinished({ type: { beforeExpr, keyword } }: Token & { readonly type: { readonly beforeExpr?: boolean } }): boolean {
  return beforeExpr === true && keyword === undefined;
}
