import { isPlainFileName } from './hub-address.ts';
import { quantizationInName } from './quantization-names.ts';

/** One file of a repository as described by the hub. */
export interface TreeEntry {
	readonly path: string;
	readonly sizeBytes: number;
	/** Hex; null if the hub keeps the file as plain text and states none. */
	readonly sha256: string | null;
}

/** One model file; the parts of a split one count as one. */
export interface ListedFile {
	/** The parts in order; a single one for a file that is not split. */
	readonly parts: readonly TreeEntry[];
	readonly sizeBytes: number;
	readonly quantization: string | null;
	readonly kind: 'model' | 'projector' | 'adapter' | 'other';
}

const part = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;
const sha256 = /^[0-9a-f]{64}$/;
/** No model file is this large; a larger size is damage or a joke. */
const maxFileBytes = 1e14;

/** Checks one entry of the hub's tree; null if it is not a file with a size. */
export function treeEntry(entry: unknown): TreeEntry | null {
	if (typeof entry !== 'object' || entry === null) return null;
	const { type, path, size, lfs } = entry as { type?: unknown; path?: unknown; size?: unknown; lfs?: unknown };
	if (type !== 'file' || typeof path !== 'string' || path.length > 500) return null;
	const large = typeof lfs === 'object' && lfs !== null ? (lfs as { oid?: unknown; size?: unknown }) : {};
	const sizeBytes = large.size ?? size;
	if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes)) return null;
	if (sizeBytes < 0 || sizeBytes > maxFileBytes) return null;
	const hash = typeof large.oid === 'string' ? large.oid.toLowerCase() : '';
	return { path, sizeBytes, sha256: sha256.test(hash) ? hash : null };
}

/** Guesses the purpose of a file from its name; the header confirms it after the download. */
function kindOf(path: string): ListedFile['kind'] {
	const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
	if (/(^|[-_.])mmproj([-_.]|$)/.test(name)) return 'projector';
	if (/(^|[-_.])(lora|adapter)([-_.]|$)/.test(name)) return 'adapter';
	return /(^|[-_.])imatrix([-_.]|$)/.test(name) ? 'other' : 'model';
}

/**
 * Lists the GGUF files of a repository, smallest first. Omits split models with a missing part, which can't work, and
 * files whose names are not valid on every system.
 */
export function listGgufFiles(entries: readonly TreeEntry[]): readonly ListedFile[] {
	const sets = new Map<string, TreeEntry[]>();
	const files: TreeEntry[][] = [];
	for (const entry of entries) {
		const { path } = entry;
		if (!/\.gguf$/i.test(path) || !isPlainFileName(path.slice(path.lastIndexOf('/') + 1))) continue;
		const [, stem, , total] = part.exec(path) ?? [];
		if (stem === undefined || total === undefined) {
			files.push([entry]);
			continue;
		}
		const key = `${stem}-of-${total}`;
		const set = sets.get(key) ?? [];
		set.push(entry);
		sets.set(key, set);
	}
	for (const set of sets.values()) {
		const sorted = set.toSorted((a, b) => (a.path < b.path ? -1 : 1));
		const total = Number(part.exec(sorted[0]?.path ?? '')?.[3]);
		const whole = sorted.every(({ path }, index) => Number(part.exec(path)?.[2]) === index + 1);
		if (sorted.length === total && whole) files.push(sorted);
	}
	return files
		.map((parts) => {
			const path = parts[0]?.path ?? '';
			return {
				parts,
				sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
				quantization: quantizationInName(path),
				kind: kindOf(path),
			};
		})
		.sort((a, b) => a.sizeBytes - b.sizeBytes);
}

/**
 * Finds the file for `asked`: a path, a file name, or a quantisation. Of several with that quantisation, returns the
 * one with the shortest path; undefined if there is none.
 */
export function findFile<T extends Pick<ListedFile, 'parts' | 'quantization' | 'kind'>>(
	files: readonly T[],
	asked: string,
): T | undefined {
	const wanted = asked.toLowerCase();
	const pathOf = ({ parts }: T): string => parts[0]?.path.toLowerCase() ?? '';
	const named = files.find((file) => pathOf(file) === wanted || pathOf(file).endsWith(`/${wanted}`));
	if (named !== undefined) return named;
	return files
		.filter(({ kind, quantization }) => kind === 'model' && quantization?.toLowerCase() === wanted)
		.toSorted((a, b) => pathOf(a).length - pathOf(b).length)[0];
}
