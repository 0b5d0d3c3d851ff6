import { isSameModel } from '../comparison/same-model.ts';
import type { ModelFile } from './schema.ts';

/** What grouping needs to know about a file. */
export type GroupableFile = Pick<
	ModelFile,
	| 'id'
	| 'name'
	| 'ownName'
	| 'lineage'
	| 'architecture'
	| 'parameters'
	| 'sizeBytes'
	| 'quantization'
	| 'kind'
	| 'default'
	| 'chat'
	| 'quantizedFrom'
>;

/** One model and the files that hold it. */
export interface ModelGroup<File extends GroupableFile = ModelFile> {
	/** Identifies the group as long as its oldest file is in the library. */
	readonly key: string;
	readonly name: string;
	/** Smallest first. */
	readonly files: readonly File[];
	/** Adapters and projectors that belong to the model. */
	readonly parts: readonly File[];
}

/** A quantisation at the end of a name, with the marks that publishers and Assay put around it. */
const quantizationTag =
	/[-_. ](?:(?:i1|imat|imatrix|ud)[-_. ])?(?:I?Q\d[A-Z0-9_]*|TQ\d_\d|B?F16|F32|MXFP4(?:_MOE)?|NVFP4)(?:[-_. ](?:imat|imatrix|[0-9a-f]{8}))?$/i;

/** Removes the quantisation at the end of a name: "SmolLM2-135M.Q4_K_M" becomes "SmolLM2-135M". */
export function withoutQuantization(name: string): string {
	return name.replace(quantizationTag, '');
}

/** Makes "SmolLM2-135M_Instruct" and "smollm2 135m instruct" equal. */
function normalise(text: string): string {
	return text
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

/** Base names that converters take from a folder and that name no model. */
const meaningless =
	/^(?:(?:the )?(?:models?|snapshots?|checkpoints?|outputs?|merged|weights|final|hf|tmp|temp|gguf|ggml)|[0-9a-f]{16,}|\d+|.)$/;

/** The key by what the header says; null if it names no model. */
function lineageKey({ lineage }: GroupableFile): string | null {
	if (lineage === null || lineage.basename === null) return null;
	const basename = normalise(lineage.basename);
	if (meaningless.test(basename)) return null;
	const words = basename.split(' ');
	for (const part of [lineage.sizeLabel, lineage.finetune, lineage.version]) {
		for (const word of part === null ? [] : normalise(part).split(' ')) {
			if (word !== '' && !words.includes(word)) words.push(word);
		}
	}
	return words.join(' ');
}

function keysOf(file: GroupableFile): readonly string[] {
	const name = withoutQuantization(file.ownName).replace(/^mmproj[-_. ]+/i, '');
	return [lineageKey(file), normalise(name)].filter((key) => key !== null && key !== '') as string[];
}

/** Kinds that belong to a model instead of being one. */
const isPart = ({ kind }: GroupableFile): boolean => kind === 'adapter' || kind === 'projector';

const holdsSameWeights = (a: GroupableFile, b: GroupableFile): boolean =>
	a.kind === b.kind && (isSameModel(a, b) || (a.architecture === b.architecture && a.parameters === b.parameters));

/** The most common of these names; among equals the shortest, then the first. */
function mostCommon(names: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	const [first] = [...counts].toSorted(([a, n], [b, m]) => m - n || a.length - b.length);
	return first?.[0] ?? '';
}

interface Cluster<File> {
	readonly keys: Set<string>;
	readonly files: File[];
	readonly parts: File[];
}

/**
 * Groups files by the model that they hold: by the base name, size and fine-tune in their headers, or by the names of
 * the files, wherever these are. Files of different weights are never one model. Adapters and projectors join the model
 * that they name, if the library has it. Keeps the order of the files' first appearance.
 */
export function groupModels<File extends GroupableFile>(files: readonly File[]): readonly ModelGroup<File>[] {
	let clusters: Cluster<File>[] = [];
	const add = (file: File, keys: readonly string[], belongs: (cluster: Cluster<File>) => boolean): void => {
		const same = clusters.filter((cluster) => keys.some((key) => cluster.keys.has(key)) && belongs(cluster));
		const [first] = same;
		if (first === undefined) {
			clusters.push({ keys: new Set(keys), files: [file], parts: [] });
			return;
		}
		first.files.push(file);
		for (const key of keys) first.keys.add(key);
		// The file has the name of one and the header of another: all of them are one model.
		for (const other of same.slice(1)) {
			first.files.push(...other.files);
			for (const key of other.keys) first.keys.add(key);
		}
		const merged = new Set(same.slice(1));
		if (merged.size > 0) clusters = clusters.filter((cluster) => !merged.has(cluster));
	};
	for (const file of files) {
		if (isPart(file)) continue;
		add(file, keysOf(file), ({ files: [one] }) => one !== undefined && holdsSameWeights(file, one));
	}
	const models = [...clusters];
	for (const file of files) {
		if (!isPart(file)) continue;
		const { lineage, kind, architecture } = file;
		const named = lineage?.baseModel == null ? [] : [normalise(lineage.baseModel)];
		const wanted = kind === 'adapter' ? named : [...named, ...keysOf(file)];
		const owner = models.find(
			({ keys, files: [one] }) =>
				wanted.some((key) => keys.has(key)) && (kind === 'projector' || one?.architecture === architecture),
		);
		if (owner === undefined)
			add(file, keysOf(file), ({ files: [one] }) => one !== undefined && holdsSameWeights(file, one));
		else owner.parts.push(file);
	}
	return clusters.map((cluster) => ({
		key: String(Math.min(...cluster.files.map(({ id }) => id))),
		name: mostCommon(cluster.files.map(({ name }) => name)),
		files: cluster.files.toSorted((a, b) => a.sizeBytes - b.sizeBytes || a.id - b.id),
		parts: cluster.parts,
	}));
}

/** Bits per weight of a file; Infinity if it does not say how many weights it holds. */
const bitsPerWeight = ({ sizeBytes, parameters }: GroupableFile): number => (sizeBytes * 8) / parameters;

/**
 * Returns the file with the most bits per weight: what others are quantised from and compared with. A file quantised from
 * another of them is never more exact than that one, even where it is larger.
 */
export function mostExactFile<File extends GroupableFile>({
	files,
}: Pick<ModelGroup<File>, 'files'>): File | undefined {
	const ids = new Set(files.map(({ id }) => id));
	const sources = files.filter(({ quantizedFrom }) => quantizedFrom === undefined || !ids.has(quantizedFrom));
	return sources.toSorted((a, b) => bitsPerWeight(b) - bitsPerWeight(a))[0];
}

/** About Q4_K_M: the size from which a file is usually good enough to chat with, bits per weight. */
const balancedBits = 4.5;

/** Returns the file to chat with: the default, else the smallest of usual quality; undefined if none can chat. */
export function fileToChatWith<File extends GroupableFile>({
	files,
}: Pick<ModelGroup<File>, 'files'>): File | undefined {
	const able = files.filter(({ chat }) => chat);
	return able.find((file) => file.default) ?? able.find((file) => bitsPerWeight(file) >= balancedBits) ?? able.at(-1);
}
