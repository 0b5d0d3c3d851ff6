import { createHash } from 'node:crypto';
import { canonicalJson } from '../../models/canonical-json.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { ManifestContext } from '../contract/evaluation/arm-context.ts';
import type { Manifest, ManifestModel } from '../contract/evaluation/manifest.ts';

/**
 * Hash of a manifest, hex. Equal for equal runs on any computer: includes contents and settings, leaves out library ids
 * and user-given names.
 */
export function manifestHash({ arms, dataset, scorers, marked, ...rest }: Manifest): string {
	const { name: _name, number: _number, ...content } = dataset;
	return createHash('sha256')
		.update(
			canonicalJson({
				...rest,
				dataset: content,
				arms: arms.map(({ prompt, model, adapters, context, ...arm }) => ({
					...arm,
					prompt: prompt.sha256,
					model: modelIdentity(model),
					// Without adapters the key is left out, as in runs before them.
					adapters: adapters?.map(({ sha256, scale }) => ({ sha256, scale })),
					context: hashedContext(context),
				})),
				...(marked === undefined ? {} : { marked: marked.manifestHash }),
				scorers: scorers.map((scorer) => (scorer.kind === 'judge' ? { ...scorer, modelFileId: 0 } : scorer)),
			}),
		)
		.digest('hex');
}

/** Weights alone, as in earlier runs, unless a chat template was chosen for the model. */
function modelIdentity({ sha256, chatTemplate }: ManifestModel): unknown {
	return chatTemplate === undefined ? sha256 : { sha256, chatTemplate };
}

/** A context as it is hashed: in runs before it could be chosen, the form of delimiters is left out. */
function hashedContext(context: ManifestContext | undefined): object | undefined {
	const { delimiters } = context ?? {};
	return delimiters === undefined ? contextIdentity(context) : { ...contextIdentity(context), delimiters };
}

/** What identifies a context, without names that a person may change, and whatever the form of its delimiters. */
export function contextIdentity(context: ManifestContext | undefined): object | undefined {
	if (context === undefined) return undefined;
	const { documents: chosen, delimiters: _, ...memory } = context;
	if (chosen === undefined) return memory;
	const { collection: __, documents: ___, rerank, ...documents } = chosen;
	return {
		...memory,
		documents: {
			...documents,
			rerank: rerank === null ? null : { sha256: rerank.sha256, candidates: rerank.candidates },
		},
	};
}

/** Metadata that belongs to what a sample asks and expects: of calls of tools, and of documents. */
const askedMetadata = ['tools', 'calls', 'recordings', 'followUps', 'sources'] as const;

/** Hash of what a sample asks and expects, hex, independent of its name and origin. */
export function sampleHash({ input, target, choices, variables, metadata }: Sample): string {
	const asked = askedMetadata.flatMap((name) => (Object.hasOwn(metadata, name) ? [[name, metadata[name]]] : []));
	return (
		createHash('sha256')
			// Without such metadata, the hash is the one from before it existed.
			.update(canonicalJson([input, target, choices, variables, ...(asked.length === 0 ? [] : [asked])]))
			.digest('hex')
	);
}
