import { isDeepStrictEqual } from 'node:util';
import type { LoraAdapter } from '../../contract/load.ts';
import { fileMark } from '../../file-mark.ts';
import type { NativeContext } from '../../native/context.ts';
import { type LoadedAdapters, type MarkedAdapters, NativeAdapters } from '../../native/lora-adapter.ts';
import type { NativeModel } from '../../native/model.ts';

/** `fileMark` of an adapter's file, and its scale. */
type ActiveAdapter = readonly [mark: string, scale: number];

/**
 * The LoRA adapters on the weights: an answer may ask for others than those that the model was loaded with, and the weights
 * stay loaded. `undefined` means the latter.
 */
export interface AdapterSwitch {
	/** Those on the weights now, as their files were when they were read. */
	readonly active: readonly ActiveAdapter[];
	/** Those of requests that ask for none in particular. */
	readonly usual: readonly LoraAdapter[];
	/** Those that scores are computed with. */
	readonly scoring: LoadedAdapters;
	isActive(wanted: readonly LoraAdapter[] | undefined): boolean;
	/**
	 * Puts them on the weights; what was cached before is then wrong. Throws Failure `adapter-unsuitable`, and keeps the
	 * previous ones then.
	 */
	apply(wanted: readonly LoraAdapter[] | undefined): Promise<void>;
	/** Computes later scores with them. Returns whether others were used before. Throws what `apply` throws. */
	applyForScoring(wanted: readonly LoraAdapter[]): Promise<boolean>;
	/** Makes them those of requests that ask for none in particular, and applies them. Throws what `apply` throws. */
	setUsual(wanted: readonly LoraAdapter[]): Promise<void>;
}

/** Adapters with the scale 0 change nothing. */
const effective = (adapters: readonly ActiveAdapter[]): ActiveAdapter[] => adapters.filter(([, scale]) => scale !== 0);

const marked = ({ marks, scales }: Pick<MarkedAdapters, 'marks' | 'scales'>): ActiveAdapter[] =>
	effective(marks.map((mark, index) => [mark, scales[index] ?? 0]));

/** As their files are now. */
const today = (adapters: readonly LoraAdapter[]): ActiveAdapter[] =>
	effective(adapters.map(({ path, scale }) => [fileMark(path), scale]));

export function createAdapterSwitch(model: NativeModel, context: NativeContext): AdapterSwitch {
	const files = new NativeAdapters(model);
	let usual: readonly LoraAdapter[] = [];
	let active: readonly ActiveAdapter[] = [];
	let scored: readonly ActiveAdapter[] = [];
	let scoring: LoadedAdapters = { pointers: [], scales: [] };

	async function apply(wanted: readonly LoraAdapter[] = usual): Promise<void> {
		const loaded = await files.load(wanted);
		context.setAdapters(loaded);
		active = marked(loaded);
	}

	async function applyForScoring(wanted: readonly LoraAdapter[]): Promise<boolean> {
		if (isDeepStrictEqual(today(wanted), scored)) return false;
		const loaded = await files.load(wanted);
		scoring = loaded;
		scored = marked(loaded);
		return true;
	}

	return {
		get active() {
			return active;
		},
		get usual() {
			return usual;
		},
		get scoring() {
			return scoring;
		},
		isActive: (wanted = usual) => isDeepStrictEqual(today(wanted), active),
		apply,
		applyForScoring,
		async setUsual(wanted) {
			await apply(wanted);
			usual = wanted;
		},
	};
}
