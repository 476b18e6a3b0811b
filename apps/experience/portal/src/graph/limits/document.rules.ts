import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { refused } from './refused.js';

/**
 * Larger than any screen's document. Within these bounds GraphQL's own rules check a document in
 * moments.
 */
const DOCUMENT = { tokens: 5_000, levels: 100, fragments: 100, operations: 20, directives: 500, nameLength: 200 };

const OPENS = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSES = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);
const OPERATIONS = new Set(['query', 'mutation', 'subscription']);

/**
 * Refuses a document that is too large in any direction. It scans the tokens once and stops at the
 * first exceeded bound. It runs before parsing, because the parser follows nesting with its call
 * stack, and before validation, whose cost grows faster than the document. Throws a GraphQLError
 * that names the bound. A text that is not GraphQL is left to the parser.
 */
export function checkDocument(text: string): void {
  const lexer = new Lexer(new Source(text));
  const counts = { tokens: 0, levels: 0, fragments: 0, operations: 0, directives: 0 };
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      atMost('tokens', ++counts.tokens, 'tokens');
      if (OPENS.has(token.kind)) atMost('levels', ++counts.levels, 'brackets within each other');
      else if (CLOSES.has(token.kind)) counts.levels--;
      else if (token.kind === TokenKind.AT) atMost('directives', ++counts.directives, 'directives');
      else if (token.kind === TokenKind.NAME) checkName(token.value, counts);
    }
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions.code === 'DOCUMENT_TOO_LARGE') throw error;
  }
}

function checkName(name: string, counts: { levels: number; fragments: number; operations: number }): void {
  atMost('nameLength', name.length, 'characters in one name');
  if (counts.levels > 0) return;
  // Outside all brackets, these words begin a definition.
  if (name === 'fragment') atMost('fragments', ++counts.fragments, 'fragments');
  if (OPERATIONS.has(name)) atMost('operations', ++counts.operations, 'operations');
}

function atMost(bound: keyof typeof DOCUMENT, count: number, what: string): void {
  const limit = DOCUMENT[bound];
  if (count <= limit) return;
  throw refused(`This document has more than ${limit} ${what}; it was not read further.`, 'DOCUMENT_TOO_LARGE', { bound, limit });
}
