import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import { Problem } from '#canonical';
import { graphqlError, statusOf } from '#service';
import { isLargerThan } from './answer.rules.js';
import { checkChanges } from './changes.rules.js';
import { inputsOf } from './inputs.rules.js';
import { callsOf, checkLimits, priceOf, type Limits, type Price } from './limits.rules.js';
import type { PortalContext } from '../../request/portal-context.js';
import { refused, refusedBy } from './refused.js';

/** A query can fail at as many places as it has rows; only the first errors help its reader. */
const MOST_ERRORS = 100;

/**
 * Checks each operation before it runs: refuses invalid arguments, and operations that are too deep
 * or too costly. The answer states its cost. An answer that is too late or too large is refused as
 * a whole, because a part of it would look complete.
 */
export const limitsPlugin = (limits: Limits, queryTimeoutMs: number, answerBytes: number): ApolloServerPlugin<PortalContext> => ({
  async requestDidStart(): Promise<GraphQLRequestListener<PortalContext>> {
    let price: Pick<Price, 'cost' | 'values'> = { cost: 0, values: 0 };
    return {
      async didResolveOperation({ schema, document, operation, request, contextValue }) {
        // Apollo then answers that there is no operation of this name, or more than one.
        if (!operation) return;
        if (operation.operation === 'subscription') {
          throw refused('There are no subscriptions here; ask again by a query.', 'INVALID', {}, [operation]);
        }
        const variables = request.variables ?? {};
        const priced = priceOf(schema, document, operation, variables, inputsOf(document, operation, variables));
        checkLimits(priced, limits);
        price = priced;
        await charged(contextValue, callsOf(priced));
        if (operation.operation === 'mutation') checkChanges(document, operation);
        else contextValue.req.lifetime?.endsWithCaller(queryTimeoutMs);
      },
      async willSendResponse({ response, contextValue: { req, reader } }) {
        if (response.body.kind !== 'single' || !('data' in response.body.singleResult)) return;
        const { singleResult } = response.body;
        const unsent = (req.lifetime?.signal.reason as Problem | undefined) ?? tooLarge(singleResult, answerBytes);
        if (unsent) {
          response.http.status = statusOf(unsent);
          response.body.singleResult = { errors: [graphqlError(unsent).toJSON()] };
          return;
        }
        singleResult.errors = firstOf(singleResult.errors);
        const measured = {
          cost: { requested: price.cost, limit: limits.cost },
          values: { requested: price.values, limit: limits.values },
          statements: reader.statements,
        };
        singleResult.extensions = { ...singleResult.extensions, ...measured };
      },
    };
  },
});

async function charged({ charge }: PortalContext, calls: number): Promise<void> {
  try {
    await charge(calls);
  } catch (error) {
    throw error instanceof Problem ? refusedBy(error) : error;
  }
}

function tooLarge(result: FormattedExecutionResult, bytes: number): Problem | undefined {
  if (!isLargerThan(result, bytes)) return undefined;
  return new Problem('unprocessable', `The answer is larger than ${bytes} bytes. Ask for fewer rows (first), or for fewer fields of each.`, {
    code: 'answer-too-large',
  });
}

function firstOf(errors: FormattedExecutionResult['errors']): FormattedExecutionResult['errors'] {
  if (!errors || errors.length <= MOST_ERRORS) return errors;
  const [{ extensions }] = errors;
  return [...errors.slice(0, MOST_ERRORS), { message: `There are ${errors.length - MOST_ERRORS} more errors.`, extensions }];
}
