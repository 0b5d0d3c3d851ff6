import { z } from 'zod';

/** Shown and stored with each score; left out: the kind. Unique within a run. */
const named = { name: z.string().trim().min(1).max(60).optional() };

/** What the answer is held against: a template over the sample; `{{target}}` is its target. */
const expected = z.string().max(1_000_000).default('{{target}}');

const ignoreCase = z.boolean().default(false);

/** What is taken out of both sides before they are compared; both are always trimmed. */
const normalisation = {
	ignoreCase,
	/** Unicode punctuation. */
	ignorePunctuation: z.boolean().default(false),
	/** Runs of white space count as one space. */
	ignoreWhitespace: z.boolean().default(false),
	/** English a, an, the. */
	ignoreArticles: z.boolean().default(false),
};

/** How a judge marks. */
export const judgeScaleSchema = z.enum(['pass-fail', 'grade', 'grade-10', 'pair']);

export const scorerSchema = z.discriminatedUnion('kind', [
	/** The answer is the expected text. `separator` splits the expected text into alternatives. */
	z.object({
		kind: z.literal('exact'),
		...named,
		expected,
		separator: z.string().max(20).default(''),
		...normalisation,
	}),
	/** The expected text is somewhere in the output. */
	z.object({
		kind: z.literal('includes'),
		...named,
		expected,
		separator: z.string().max(20).default(''),
		...normalisation,
		/** Of several alternatives all must be there. */
		all: z.boolean().default(false),
	}),
	/** RE2's syntax (no look-around, no backreferences), so no pattern takes long. `{{variables}}` stand for themselves. */
	z.object({
		kind: z.literal('regex'),
		...named,
		pattern: z.string().min(1).max(10_000),
		ignoreCase,
		/** ^ and $ also at lines. */
		multiline: z.boolean().default(false),
		/** The dot also matches line ends. */
		dotAll: z.boolean().default(false),
		/** 'no-match': right where nothing matches. */
		right: z.enum(['match', 'no-match']).default('match'),
	}),
	/** Numbers, written as "1,234", "$18", "50 %". Right within either tolerance. */
	z.object({
		kind: z.literal('numeric'),
		...named,
		expected,
		/** Where the number is in the answer. The two for GSM8K find it as lm-evaluation-harness does. */
		find: z.enum(['last', 'first', 'whole', 'gsm8k-strict', 'gsm8k-flexible']).default('last'),
		/** Largest absolute difference. */
		tolerance: z.number().min(0).default(0),
		/** Largest difference as a share of the expected number: 0.01 is one per cent. */
		relativeTolerance: z.number().min(0).default(0),
		/** "50 %" is 0.5; otherwise the sign is passed over. */
		percentAsShare: z.boolean().default(false),
	}),
	/** The output is JSON and, where there is a schema, follows it. */
	z.object({
		kind: z.literal('json'),
		...named,
		/** JSON Schema (draft 2020-12, or what its `$schema` names: draft-07). */
		schema: z
			.union([z.boolean(), z.record(z.string(), z.unknown())])
			.nullable()
			.default(null),
		/** JSON inside a ``` fence counts. */
		allowFence: z.boolean().default(true),
	}),
	/** Share of the expected JSON object's fields that the output has with the same value. */
	z.object({
		kind: z.literal('json-fields'),
		...named,
		expected,
		/** Paths such as "address.city"; empty: every leaf of the expected object. */
		fields: z.array(z.string().min(1).max(200)).max(500).default([]),
		ignoreCase,
		tolerance: z.number().min(0).default(0),
		allowFence: z.boolean().default(true),
		/** 'all': 1 only where every field is right. */
		require: z.enum(['share', 'all']).default('share'),
	}),
	/**
	 * For `choice-likelihood`: the likeliest choice is the right one. Divided by its length in characters (acc-norm), in bytes
	 * (acc-bytes), less its likelihood with nothing before it (mutual-information); 'brier': 1 less half
	 * the squared error of the probabilities, so that more is better.
	 */
	z.object({
		kind: z.literal('choice'),
		...named,
		measure: z.enum(['acc', 'acc-norm', 'acc-bytes', 'mutual-information', 'brier']).default('acc'),
	}),
	/** For `choice-letter`: the letter written is that of the right choice. For `choice-likelihood`: the likeliest choice is. */
	z.object({ kind: z.literal('letter'), ...named }),
	/** 1 − edit distance ÷ length of the longer text, in code points. */
	z.object({ kind: z.literal('levenshtein'), ...named, expected, ...normalisation }),
	/** Longest common subsequence of words: F1 of precision and recall. */
	z.object({
		kind: z.literal('rouge-l'),
		...named,
		expected,
		measure: z.enum(['f1', 'precision', 'recall']).default('f1'),
	}),
	/**
	 * Google's IFEval: instructions that a program can check, from the sample's `instruction_id_list` and `kwargs`.
	 * 'instruction': share of a sample's instructions; over a run they are pooled.
	 */
	z.object({
		kind: z.literal('ifeval'),
		...named,
		mode: z.enum(['strict', 'loose']).default('strict'),
		level: z.enum(['prompt', 'instruction']).default('prompt'),
	}),
	/**
	 * A function of one's own, run in QuickJS without files, network or clock:
	 * `function score({ input, target, output, answer, choices, variables, metadata })` gives a number, true or false, or
	 * `{ score, explanation }`. Of every scorer more is better: a function that counts faults gives less where
	 * there are more.
	 */
	z.object({
		kind: z.literal('javascript'),
		...named,
		code: z.string().min(1).max(200_000),
		/** Processor time of one call. */
		timeMs: z.int().min(10).max(10_000).default(1_000),
		memoryMb: z.int().min(2).max(256).default(32),
	}),
	/** A model on this computer marks the output by a rubric; a grammar leaves it no other words than a verdict. */
	z.object({
		kind: z.literal('judge'),
		...named,
		/** Library id of the judge. */
		modelFileId: z.int(),
		rubric: z.string().trim().min(1).max(100_000),
		/**
		 * 'pass-fail': 1 or 0. 'grade': 1 to 5, stored as 0 to 1. 'grade-10': 1 to 10 as MT-Bench has it, stored as a tenth:
		 * 0.48 is its 4.8. 'pair': better than the target, judged in both orders.
		 */
		scale: judgeScaleSchema.default('pass-fail'),
		/** Shows the judge the target. Always for 'pair'. */
		showTarget: z.boolean().default(true),
		/** The judge writes its reasons before the verdict: slower, often better. */
		reasons: z.boolean().default(false),
	}),
]);

/** One sample's value by one scorer. */
export const scoreSchema = z.object({
	/** Mostly 0 to 1; null: could not be scored, and the explanation says why. */
	value: z.number().nullable(),
	explanation: z.string(),
});

export type Scorer = z.infer<typeof scorerSchema>;
/** As a person or a config file gives it: what has a default may be left out. */
export type ScorerInput = z.input<typeof scorerSchema>;
export type ScorerKind = Scorer['kind'];
export type Score = z.infer<typeof scoreSchema>;
