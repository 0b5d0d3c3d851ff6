import { z } from 'zod';

/** What can be told apart from other text with certainty; names and addresses can't. */
export const personalKindSchema = z.enum(['email', 'phone', 'iban', 'card', 'ip']);

export const checkInputSchema = z.object({
	versionId: z.int(),
	/** Share of five-letter pieces (Jaccard) that two inputs have in common to be near duplicates; null: not looked for. */
	nearThreshold: z.number().min(0.5).max(0.99).nullable().default(0.8),
	personal: z.array(personalKindSchema).default(['email', 'phone', 'iban', 'card', 'ip']),
	/** Library id of a loaded model that counts tokens; null: words are counted. */
	modelFileId: z.int().nullable().default(null),
});

const sideSchema = z.object({ id: z.int(), key: z.string(), split: z.string(), input: z.string() });

/** Two samples whose inputs say the same, or almost. Texts are cut to `excerptLength`. */
export const duplicateSchema = z.object({
	first: sideSchema,
	second: sideSchema,
	/** 1: the same letters but for case, spaces and punctuation. */
	similarity: z.number(),
	/** They differ in numbers only: variants of one question more likely than a copy. */
	onlyNumbers: z.boolean(),
	/** false: the same question with another answer. */
	sameTarget: z.boolean(),
});

export const personalFindingSchema = z.object({
	id: z.int(),
	key: z.string(),
	/** 'input', 'target', 'choices', or a variable. */
	field: z.string(),
	kind: personalKindSchema,
	/** What was found, and the text around it. */
	found: z.string(),
	before: z.string(),
	after: z.string(),
});

/** Lengths of inputs with their turns, and of targets. */
export const lengthsSchema = z.object({
	count: z.int(),
	total: z.number(),
	min: z.number(),
	median: z.number(),
	mean: z.number(),
	p95: z.number(),
	max: z.number(),
	/** Equal steps from `min` to `max`. */
	histogram: z.array(z.int()),
	longest: z.array(z.object({ id: z.int(), key: z.string(), length: z.number() })),
});

export const checkReportSchema = z.object({
	versionId: z.int(),
	/** Of the version when it was checked. */
	revision: z.int(),
	samples: z.int(),
	/** Samples without a target, and with an empty input. */
	withoutTarget: z.int(),
	emptyInputs: z.int(),
	/** Targets that are none of the sample's choices. */
	targetNotAChoice: z.int(),
	exact: z.object({ count: z.int(), pairs: z.array(duplicateSchema) }),
	near: z.object({
		threshold: z.number().nullable(),
		count: z.int(),
		pairs: z.array(duplicateSchema),
		/** false: so many inputs are alike that not all pairs were compared. */
		complete: z.boolean(),
	}),
	/** Of both, those with one side in a split that is learnt from or shown, the other in one that is tested. */
	overlap: z.array(z.object({ splits: z.tuple([z.string(), z.string()]), count: z.int() })),
	/** The same question with different answers. */
	conflicts: z.int(),
	lengths: z.object({
		unit: z.enum(['tokens', 'words']),
		/** The model that counted; null: nobody, these are words. */
		modelName: z.string().nullable(),
		/** How many samples were counted: with a model, of a large set a random part. */
		counted: z.int(),
		input: lengthsSchema,
		target: lengthsSchema.nullable(),
	}),
	personal: z.object({
		count: z.int(),
		byKind: z.array(z.object({ kind: personalKindSchema, count: z.int() })),
		findings: z.array(personalFindingSchema),
	}),
	ms: z.number(),
});

/** So many pairs or findings at most are told one by one; `count` says how many there are. */
export const maxFindings = 1_000;

export type PersonalKind = z.infer<typeof personalKindSchema>;
export type CheckInput = z.infer<typeof checkInputSchema>;
export type Duplicate = z.infer<typeof duplicateSchema>;
export type PersonalFinding = z.infer<typeof personalFindingSchema>;
export type Lengths = z.infer<typeof lengthsSchema>;
export type CheckReport = z.infer<typeof checkReportSchema>;
