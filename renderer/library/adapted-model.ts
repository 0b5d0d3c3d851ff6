import type { AdapterUse } from '../../electron/contract/adapters/schema.ts';

/** A model that is measured with LoRA adapters. */
export interface AdaptedModel {
	readonly modelFileId: number;
	readonly adapters: readonly AdapterUse[];
}
