import { isDeepStrictEqual } from 'node:util';
import type { LoraAdapter } from '../../contract/load.ts';
import type { NativeContext } from '../../native/context.ts';
import { type LoadedAdapters, NativeAdapters } from '../../native/lora-adapter.ts';
import type { NativeModel } from '../../native/model.ts';

/**
 * The LoRA adapters on the weights: an answer may ask for others than those that the model was loaded with, and the weights
 * stay loaded. `undefined` means the latter.
 */
export interface AdapterSwitch {
	/** Those on the weights now. */
	readonly active: readonly LoraAdapter[];
	/** Those that scores are computed with. */
	readonly scoring: LoadedAdapters;
	isActive(wanted: readonly LoraAdapter[] | undefined): boolean;
	/**
	 * Puts them on the weights; what was cached before is then wrong. Throws Failure `adapter-unsuitable`, and keeps the
	 * previous ones then.
	 */
	apply(wanted: readonly LoraAdapter[] | undefined): Promise<void>;
	/** Computes later scores with them. Returns whether others were used before. Throws what `apply` throws. */
	applyForScoring(wanted: readonly LoraAdapter[] | undefined): Promise<boolean>;
	/** Makes them those of requests that ask for none in particular, and applies them. Throws what `apply` throws. */
	setUsual(wanted: readonly LoraAdapter[]): Promise<void>;
}

/** Adapters with the scale 0 change nothing. */
const effective = (adapters: readonly LoraAdapter[]): LoraAdapter[] => adapters.filter(({ scale }) => scale !== 0);

const same = (a: readonly LoraAdapter[], b: readonly LoraAdapter[]): boolean =>
	isDeepStrictEqual(effective(a), effective(b));

export function createAdapterSwitch(model: NativeModel, context: NativeContext): AdapterSwitch {
	const files = new NativeAdapters(model);
	let usual: readonly LoraAdapter[] = [];
	let active: readonly LoraAdapter[] = [];
	let scored: readonly LoraAdapter[] = [];
	let scoring: LoadedAdapters = { pointers: [], scales: [] };

	async function apply(wanted: readonly LoraAdapter[] = usual): Promise<void> {
		context.setAdapters(await files.load(wanted));
		active = wanted;
	}

	async function applyForScoring(wanted: readonly LoraAdapter[] = usual): Promise<boolean> {
		if (same(wanted, scored)) return false;
		scoring = await files.load(wanted);
		scored = wanted;
		return true;
	}

	return {
		get active() {
			return active;
		},
		get scoring() {
			return scoring;
		},
		isActive: (wanted = usual) => same(wanted, active),
		apply,
		applyForScoring,
		async setUsual(wanted) {
			await apply(wanted);
			usual = wanted;
			await applyForScoring();
		},
	};
}
