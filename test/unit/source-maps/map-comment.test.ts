import { describe, expect, test } from '@jest/globals';
import { tokenizer } from 'acorn';
import { mapUrl } from '../../../src/source-maps/map-comment.js';

const named = (script: string) => mapUrl(script, () => tokenizer);
const namedWithoutTokens = (script: string) =>
  mapUrl(script, () => {
    throw new Error('the tokenizer was needed');
  });

describe('what names a map', () => {
  test.each([
    ['as most tools write it', 'a();\n//# sourceMappingURL=a.map\n'],
    ['without a line end', 'a();\n//# sourceMappingURL=a.map'],
    ['@ instead of #', 'a();\n//@ sourceMappingURL=a.map'],
    ['a tab', '//#\tsourceMappingURL=a.map'],
    ['several blanks', '//#   sourceMappingURL=a.map'],
    ['a blank that does not break', '//#\u00a0sourceMappingURL=a.map'],
    ['no blank', '//#sourceMappingURL=a.map'],
    ['a blank before the URL', '//# sourceMappingURL= a.map'],
    ['blanks behind it', '//# sourceMappingURL=a.map \t'],
    ['lines of Windows', 'a();\r\n//# sourceMappingURL=a.map\r\n'],
    ['a line separator', '//# sourceMappingURL=a.map\u2028'],
    ['a comment behind it on its line', '//# sourceMappingURL=a.map // the end'],
    ['comments behind it', '//# sourceMappingURL=a.map\n// the end\n/* of\n * it */\n/* all */ // now\n'],
    ['another name behind it', '//# sourceMappingURL=a.map\n//# sourceURL=b.js\n'],
    ['a CSS-style comment', 'a();\n/*# sourceMappingURL=a.map */'],
    ['a CSS-style comment with @', 'a();\n/*@ sourceMappingURL=a.map */ // the end'],
    ['a CSS-style comment without blanks', '/*#sourceMappingURL=a.map*/'],
    ['a CSS-style comment of several lines', '/*#\n sourceMappingURL=a.map\n*/'],
    ['the last of several', '//# sourceMappingURL=first.map\n//# sourceMappingURL=a.map\n'],
    ['a comment behind a string', 'b("//# sourceMappingURL=" + name);\n//# sourceMappingURL=a.map\n'],
    ['a comment behind a string that is no other', 'b("//# sourceMappingURL=b.map");\n//# sourceMappingURL=a.map\n'],
  ])('%s', (_name, script) => {
    expect(namedWithoutTokens(script)).toBe('a.map');
  });

  test.each([
    ['code behind it', '//# sourceMappingURL=a.map\nb();\n'],
    ['the end of a wrapper behind it', '({"Object.<anonymous>":function(module){a();\n//# sourceMappingURL=a.map\n}});'],
    ['code before it on its line', 'a(); //# sourceMappingURL=a.map'],
    ['a string behind it', '//# sourceMappingURL=a.map\nb("//# sourceMappingURL=b.map");\n'],
    ['a template behind it', '//# sourceMappingURL=a.map\nb(`\n//# sourceMappingURL=b.map\n`);\n'],
    ['a hash bang and a regular expression before it', '#!/usr/bin/env node\na = b / /[/"`]/; //# sourceMappingURL=a.map\n}'],
  ])('%s', (_name, script) => {
    expect(named(script)).toBe('a.map');
  });

  test('a URL that contains the whole map', () => {
    const url = 'data:application/json;charset=utf-8,{"version":3,"sources":[]}';
    expect(named(`a();\n//# sourceMappingURL=${url}\n`)).toBe(url);
  });
});

describe('what only looks like it', () => {
  test.each([
    ['no comment', 'a();\n'],
    ['a string with quotes', "a('//# sourceMappingURL=a.map');\n"],
    ['a string that is put together', "const end = '//# sourceMappingURL=' + name + '.map';\n"],
    ['a string of base64', 'a("//# sourceMappingURL=data:application/json;base64,".concat(map));\n'],
    ['other capitals', '//# SourceMappingURL=a.map'],
    ['a name on the next line', '//#\nsourceMappingURL = 1;'],
    ['more behind the URL', '//# sourceMappingURL=a.map and more'],
    ['quotes', "//# sourceMappingURL='a.map'"],
    ['an empty one', 'a();\n//# sourceMappingURL='],
    ['an empty one behind another', '//# sourceMappingURL=a.map\n//# sourceMappingURL=\n'],
    ['a CSS-style comment that does not end', '/*# sourceMappingURL=a.map'],
  ])('%s', (_name, script) => {
    expect(namedWithoutTokens(script)).toBeUndefined();
  });

  test.each([
    ['a string with a blank', 'a = "//# sourceMappingURL=a.map "'],
    ['a line of a template', 'a = `\n//# sourceMappingURL=a.map\n`;\n'],
    ['a line of a string', 'a = "\\\n//# sourceMappingURL=a.map\\\n";\n'],
    ['a comment in a comment', '// //# sourceMappingURL=a.map\n'],
    ['a comment in a long comment', '/* for example:\n//# sourceMappingURL=a.map\n*/\n'],
    ['a text that is no JavaScript', "<p>it's</p>\n//# sourceMappingURL=a.map\n<p>\n"],
  ])('%s', (_name, script) => {
    expect(named(script)).toBeUndefined();
  });
});
