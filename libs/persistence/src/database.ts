// TypeORM's classes by the house's words. Only this lib and files of entities import TypeORM, and only this lib imports pg.
export { DataSource as Database, EntityManager as Transaction, type MigrationInterface, type QueryRunner } from 'typeorm';
