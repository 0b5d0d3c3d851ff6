import type { NewSample, RandomSplit, SampleEdit, TagChange } from '../../contract/dataset/change.ts';
import type { PersonalKind } from '../../contract/dataset/check.ts';
import type { SampleSource, Selection } from '../../contract/dataset/sample.ts';

/** A sample to be added, and where it comes from. */
export interface SampleToAdd {
	readonly sample: NewSample;
	readonly source: SampleSource;
}

/** What is to be done with a draft. Plain data: it may be done on another thread. */
export type ChangeSpec =
	/** `skipKnown`: what is there under its id already is not added again; it takes on what it says now. */
	| { readonly kind: 'add'; readonly arriving: readonly SampleToAdd[]; readonly skipKnown: boolean }
	| { readonly kind: 'edit'; readonly sampleId: number; readonly edit: SampleEdit }
	| { readonly kind: 'remove'; readonly selection: Selection }
	| ({ readonly kind: 'tag'; readonly selection: Selection } & TagChange)
	| { readonly kind: 'assign-split'; readonly selection: Selection; readonly split: string }
	| ({ readonly kind: 'random-split'; readonly selection: Selection } & RandomSplit)
	| { readonly kind: 'redact'; readonly selection: Selection; readonly kinds: readonly PersonalKind[] };

export interface ChangeRequest {
	readonly datasetId: number;
	/** The version that a draft is begun from where there is none. */
	readonly baseId: number;
	readonly undoId: string;
	readonly now: number;
	readonly spec: ChangeSpec;
}

/** What a change did, beyond the draft itself. */
export interface ChangeOutcome {
	readonly draftId: number;
	/** Samples that are another now, were added or removed. */
	readonly changed: number;
	/** Of 'add' and 'edit': the samples, in the order given; of a known one the one that was there. */
	readonly sampleIds: readonly number[];
	/** Of 'add': how many were there already. */
	readonly known: number;
	/** Of 'random-split'. */
	readonly splits: readonly { readonly split: string; readonly count: number }[];
	/** Of 'redact': how many places. */
	readonly replaced: number;
}

/** What one kind of change answers with. */
export type SampleChanges = Omit<ChangeOutcome, 'draftId'> & {
	/** By how much the draft grew. */
	readonly grown: number;
};

export const noChanges: SampleChanges = { changed: 0, sampleIds: [], known: 0, splits: [], replaced: 0, grown: 0 };

/** What a kind of change works with. */
export interface DraftRef {
	readonly id: number;
	readonly datasetId: number;
	readonly undoId: string;
	readonly now: number;
}
