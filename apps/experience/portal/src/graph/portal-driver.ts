import { ApolloServer } from '@apollo/server';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable } from '@nestjs/common';

/**
 * Apollo without its own route: requests arrive through GraphqlController, with the same guards,
 * throttling and problems as every other route.
 */
@Injectable()
export class PortalDriver extends ApolloDriver {
  override async start(options: ApolloDriverConfig): Promise<void> {
    this.apolloServer = new ApolloServer(options as ConstructorParameters<typeof ApolloServer>[0]);
    await this.apolloServer.start();
  }
}
