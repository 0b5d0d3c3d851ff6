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
					context: contextIdentity(context),
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

/** What identifies a context, without names that a person may change. */
export function contextIdentity(context: ManifestContext | undefined): unknown {
	if (context?.documents === undefined) return context;
	const { collection: _, documents: __, rerank, ...documents } = context.documents;
	return {
		...context,
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
