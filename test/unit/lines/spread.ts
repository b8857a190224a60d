import { Parser, type Token } from 'acorn';
import type { SourceType } from '../../../src/lines/transform/parse.js';

/**
 * The program with a line break after every token that cannot end a statement, so that hardly any two expressions share a line. A program on one
 * line would need no wrappers.
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

/** Whether the token is an operator, a comma or an opening bracket. No line may end after `return` and some other words. */
function isUnfinished({ type: { beforeExpr, keyword } }: Token & { readonly type: { readonly beforeExpr?: boolean } }): boolean {
  return beforeExpr === true && keyword === undefined;
}
