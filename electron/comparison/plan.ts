import { basename, extname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { readGgufFacts } from '../../models/gguf/read-gguf.ts';
import { isSameModel } from '../contract/comparison/same-model.ts';
import type { Comparison, ComparisonPlan } from '../contract/comparison/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { findAdapterRow } from '../library/adapters/adapter-rows.ts';
import { adaptedName, getAdapterRow, requireAdapterFiles, resolveAdapters } from '../library/adapters/adapters.ts';
import { type ImatrixSource, resolveImatrix } from '../library/importance-matrix.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import { quantizedFolder, quantizedPath, readOrigin } from '../library/quantized-files.ts';
import type { ComparisonContext } from './context.ts';
import type { CandidateAdapter, NewCandidate, StoredText } from './store.ts';

export interface Planned {
	readonly title: string;
	readonly candidates: readonly NewCandidate[];
	readonly texts: readonly StoredText[];
}

const candidateName = (quantization: string, guided: boolean): string =>
	guided ? `${quantization} imatrix` : quantization;

function candidateOf(
	{ database }: Pick<ComparisonContext, 'database'>,
	file: ModelFile,
	position: number,
): NewCandidate {
	const origin = readOrigin(database, file.id);
	return {
		position,
		name: candidateName(file.quantization, origin?.imatrix != null),
		modelFileId: file.id,
		path: file.path,
		quantization: file.quantization,
		produce: false,
		sizeBytes: file.sizeBytes,
		bitsPerWeight: null,
		fallbacks: origin?.fallbacks.length ?? null,
		adapters: [],
		changed: false,
	};
}

/**
 * Whether the headers of two files name different models of one shape: fine-tunes, or a file with merged adapters, whose name
 * joins theirs by "+". A header that says nothing is no difference.
 */
function isChanged(a: Pick<ModelFile, 'lineage'>, b: Pick<ModelFile, 'lineage'>): boolean {
	const [one, other] = [a.lineage?.finetune ?? null, b.lineage?.finetune ?? null];
	if (one === other) return false;
	return (one !== null && other !== null) || [one, other].some((name) => name?.includes(' + ') === true);
}

/** A file with adapters. Throws Failure `adapter-unknown`, `adapter-unsuitable`. */
function adaptedCandidate(
	context: ComparisonContext,
	file: ModelFile,
	{ adapters: uses }: ComparisonPlan['adapted'][number],
	position: number,
): NewCandidate {
	const { files, used } = resolveAdapters(context.database, uses, file);
	const adapters = used.map(
		(one, index): CandidateAdapter => ({
			...one,
			path: files[index]?.path ?? '',
			sizeBytes: one.id === null ? 0 : getAdapterRow(context.database, one.id).sizeBytes,
		}),
	);
	const plain = candidateOf(context, file, position);
	const sizeBytes = adapters.reduce((sum, one) => sum + one.sizeBytes, file.sizeBytes);
	return {
		...plain,
		name: adaptedName(plain.name, adapters),
		sizeBytes,
		adapters,
		changed: true,
	};
}

/**
 * Checks the adapters of files that are still to be measured. Throws Failure `adapter-unknown` for one that was removed, and
 * those of `requireAdapterFiles`.
 */
export async function requireAdapters(
	database: ReadableDatabase,
	candidates: readonly Pick<NewCandidate, 'adapters'>[],
): Promise<void> {
	const adapters = candidates.flatMap((candidate) => candidate.adapters);
	const removed = adapters.find(({ id }) => id !== null && findAdapterRow(database, id)?.removedAt !== null);
	if (removed !== undefined) {
		throw new Failure({
			code: 'adapter-unknown',
			message: said`The adapter ${removed.name} is no longer in the library, so this comparison can’t continue.`,
			next: [said`Start a comparison without this adapter`, said`Import it again and start a new comparison`],
		});
	}
	await requireAdapterFiles(adapters);
}

const filesWords = (files: number): string => `${files} files`;

/** Updates the title of a comparison after its number of files changed. */
export function titleWithCount(title: string, before: number, now: number): string {
	const words = filesWords(before);
	return title.endsWith(words) ? `${title.slice(0, -words.length)}${filesWords(now)}` : title;
}

/** Gives two files of the same quantisation their file names, to tell them apart. */
function withDistinctNames(candidates: readonly NewCandidate[]): readonly NewCandidate[] {
	return candidates.map((candidate) => {
		const alone = candidates.filter(({ name }) => name === candidate.name).length === 1;
		if (alone) return candidate;
		const name = basename(candidate.path, extname(candidate.path));
		return { ...candidate, name: adaptedName(name, candidate.adapters) };
	});
}

/**
 * Chooses the files of a comparison. Throws Failure `model-unknown`, `engine-cannot-measure`, `comparison-empty`, and
 * `model-architectures-differ` for files that are not of one model.
 */
export function planComparison(
	context: ComparisonContext,
	plan: ComparisonPlan,
	imatrix: ImatrixSource | null,
): Planned {
	const reference = context.library.modelFile(plan.referenceId);
	const ids = [...new Set(plan.candidateIds)].filter((id) => id !== reference.id);
	const files = ids.map((id) => context.library.modelFile(id));
	requireMeasurable(context.library, [reference.id, ...ids]);
	const adapted = plan.adapted
		.filter((one, index) => plan.adapted.findIndex((other) => isDeepStrictEqual(other, one)) === index)
		.map((one) => ({ one, file: context.library.modelFile(one.modelFileId) }));
	requireMeasurable(
		context.library,
		adapted.map(({ file }) => file.id),
	);
	if (files.length + plan.quantize.length + adapted.length === 0) {
		throw new Failure({
			code: 'comparison-empty',
			message: said`${reference.name} is the only file, so there is nothing to compare.`,
			next: [said`Choose a second file`, said`Choose a type to quantise`, said`Choose an adapter`],
		});
	}
	const odd = [...files, ...adapted.map(({ file }) => file)].find((file) => !isSameModel(file, reference));
	if (odd !== undefined) {
		throw new Failure({
			code: 'model-architectures-differ',
			message: said`${odd.name} (${odd.architecture}, ${(odd.parameters / 1e6).toFixed(0)} million weights) is not a quantisation of ${reference.name} (${reference.architecture}, ${(reference.parameters / 1e6).toFixed(0)} million weights).`,
			next: [said`Choose files of one model`, said`Compare different models with an evaluation instead`],
		});
	}
	const produced = [...new Set(plan.quantize)].map((type, index) => ({
		position: files.length + 1 + index,
		name: candidateName(type, imatrix !== null),
		modelFileId: null,
		path: quantizedPath(context.modelsFolder, reference.path, type, imatrix?.mark ?? null),
		quantization: type,
		produce: true,
		sizeBytes: null,
		bitsPerWeight: null,
		fallbacks: null,
		adapters: [],
		changed: false,
	}));
	const candidates = [
		candidateOf(context, reference, 0),
		...files.map((file, index) => ({
			...candidateOf(context, file, index + 1),
			changed: isChanged(file, reference),
		})),
		...produced,
		...adapted.map(({ one, file }, index) =>
			adaptedCandidate(context, file, one, files.length + produced.length + index + 1),
		),
	];
	return {
		title: `${reference.name}, ${filesWords(candidates.length)}`,
		candidates: withDistinctNames(candidates),
		texts: plan.texts.map((path, position) => ({ position, category: basename(path, extname(path)), path })),
	};
}

/**
 * Adds the bits of each weight to the files that there are: of their tensors alone, as for a quantised file. In a small
 * model the vocabulary would add much. A file that can't be read fails its first step, with the reason.
 */
export async function addBitsPerWeight(candidates: readonly NewCandidate[]): Promise<readonly NewCandidate[]> {
	const add = async (candidate: NewCandidate): Promise<NewCandidate> => {
		const facts = candidate.produce ? null : await readGgufFacts(candidate.path).catch(() => null);
		return facts === null ? candidate : { ...candidate, bitsPerWeight: facts.bitsPerWeight };
	};
	return await Promise.all(candidates.map(add));
}

/**
 * The importance matrix that files are quantised with; null: none. Throws Failure `file-unreadable`, and
 * `imatrix-text-measured` if a file would be tested on the text that it was fitted to.
 */
export async function planGuide(context: ComparisonContext, plan: ComparisonPlan): Promise<ImatrixSource | null> {
	const { imatrixText, quantize, texts } = plan;
	if (imatrixText === null || quantize.length === 0) return null;
	if (texts.some((path) => resolve(path) === resolve(imatrixText))) {
		throw new Failure({
			code: 'imatrix-text-measured',
			message: said`The text ${basename(imatrixText)} is also used to measure quality. Files fitted to a text look better on it than they are.`,
			next: [said`Choose another text for the importance matrix`, said`Don’t measure quality on this text`],
		});
	}
	const reference = context.library.modelFile(plan.referenceId);
	return resolveImatrix(quantizedFolder(context.modelsFolder, reference.path), { imatrix: null, imatrixText });
}

/**
 * Returns the plan of a comparison for another run, including the files that it quantised if they still exist. Throws
 * Failure `comparison-imported` for one from another computer.
 */
export function planAgain({ plan, rows, importedFrom }: Comparison): ComparisonPlan {
	if (importedFrom !== null) {
		throw new Failure({
			code: 'comparison-imported',
			message: said`This comparison was measured on another computer, so its files are not known here.`,
			next: [said`Start a comparison of these files on this computer`],
		});
	}
	const others = rows.filter(({ reference, adapters }) => !reference && adapters.length === 0);
	const there = others.flatMap(({ modelFileId }) => (modelFileId === null ? [] : [modelFileId]));
	const absent = others.filter(({ modelFileId }) => modelFileId === null).map(({ quantization }) => quantization);
	const makeable = plan.quantize.filter((type) => absent.includes(type));
	const gone = absent.find((type) => !makeable.some((one) => one === type));
	if (gone !== undefined) {
		throw new Failure({
			code: 'model-unknown',
			message: said`${gone} is no longer in the library, so the comparison can’t run again exactly.`,
			next: [said`Add the file again`, said`Start a comparison without it`],
		});
	}
	return { ...plan, candidateIds: there, quantize: makeable };
}
