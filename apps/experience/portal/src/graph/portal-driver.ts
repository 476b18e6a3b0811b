import { ApolloServer } from '@apollo/server';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable } from '@nestjs/common';

/**
 * Apollo without a route of its own: requests come in by GraphqlController, through the same guards, throttling and problems as
 * every other route of the house.
 */
@Injectable()
export class PortalDriver extends ApolloDriver {
  override async start(options: ApolloDriverConfig): Promise<void> {
    this.apolloServer = new ApolloServer(options as ConstructorParameters<typeof ApolloServer>[0]);
    await this.apolloServer.start();
  }
}
