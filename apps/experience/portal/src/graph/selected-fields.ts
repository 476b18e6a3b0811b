import type { ApolloServerPlugin } from '@apollo/server';
import { TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { PortalContext } from '../request/portal-context.js';

// Apollo keeps the documents that it parsed, so one that is sent again is not walked again.
const known = new WeakMap<DocumentNode, ReadonlySet<string>>();

/** The fields and arguments that a valid document selects: `Deal.name`, `Query.deals(first)`. */
export function selectedFields(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const before = known.get(document);
  if (before) return before;
  const selected = new Set<string>();
  const types = new TypeInfo(schema);
  let field = '';
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const parent = types.getParentType();
        const definition = types.getFieldDef();
        if (!parent || !definition || definition.name.startsWith('__') || parent.name.startsWith('__')) return;
        field = `${parent.name}.${definition.name}`;
        selected.add(field);
      },
      Argument() {
        const argument = types.getArgument();
        if (argument) selected.add(`${field}(${argument.name})`);
      },
    }),
  );
  known.set(document, selected);
  return selected;
}

/** Notes what a query selects, so that usage is counted by field. */
export const selectedFieldsPlugin: ApolloServerPlugin<PortalContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, contextValue }) {
        contextValue.req.context.used = selectedFields(schema, document);
        return Promise.resolve();
      },
    }),
};
