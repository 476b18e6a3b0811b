import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { checkLimits, priceOf, type Limits } from './limits.rules.js';
import type { PortalContext } from './portal-context.js';
import { refuseNul } from './strings.rules.js';

/** Looks at each operation before it runs: refuses what no text can be, and what is too deep or too costly; tells with the answer what it cost. */
export const limitsPlugin = (limits: () => Limits): ApolloServerPlugin<PortalContext> => ({
  async requestDidStart(): Promise<GraphQLRequestListener<PortalContext>> {
    let cost = 0;
    return {
      async didResolveOperation({ schema, document, operation, request }) {
        refuseNul(document, operation!, request.variables ?? {});
        const price = priceOf(schema, document, operation!, request.variables ?? {});
        ({ cost } = price);
        checkLimits(price, limits());
      },
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single' || !('data' in response.body.singleResult)) return;
        const told = { cost: { requested: cost, limit: limits().cost }, statements: contextValue.reader.statements };
        response.body.singleResult.extensions = { ...response.body.singleResult.extensions, ...told };
      },
    };
  },
});
