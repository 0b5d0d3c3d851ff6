import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from './contract.ts';

/** The contract as callers see it, in process or over any transport. */
export type Client = ContractRouterClient<Contract>;
