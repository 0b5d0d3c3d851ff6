import { z } from 'zod';
import { toolCallParts } from './tool-task.ts';

/** Shown and stored with each score; default: the kind. Unique within a run. */
const named = { name: z.string().trim().min(1).max(60).optional() };

/** The expected answer: a template over the sample; `{{target}}` is its target. */
const expected = z.string().max(1_000_000).default('{{target}}');

const ignoreCase = z.boolean().default(false);

/** What to remove from both sides before comparing them; both are always trimmed. */
const normalisation = {
	ignoreCase,
	/** Unicode punctuation. */
	ignorePunctuation: z.boolean().default(false),
	/** Treats runs of white space as one space. */
	ignoreWhitespace: z.boolean().default(false),
	/** English a, an, the. */
	ignoreArticles: z.boolean().default(false),
};

/** The judge's scale. */
export const judgeScaleSchema = z.enum(['pass-fail', 'grade', 'grade-10', 'pair']);

export const scorerSchema = z.discriminatedUnion('kind', [
	/** The answer equals the expected text. `separator` splits the expected text into alternatives. */
	z.object({
		kind: z.literal('exact'),
		...named,
		expected,
		separator: z.string().max(20).default(''),
		...normalisation,
	}),
	/** The output contains the expected text. */
	z.object({
		kind: z.literal('includes'),
		...named,
		expected,
		separator: z.string().max(20).default(''),
		...normalisation,
		/** Requires all alternatives. */
		all: z.boolean().default(false),
	}),
	/** RE2 syntax (no look-around, no backreferences), so no pattern takes long. `{{variables}}` match literally. */
	z.object({
		kind: z.literal('regex'),
		...named,
		pattern: z.string().min(1).max(10_000),
		ignoreCase,
		/** ^ and $ also match at line ends. */
		multiline: z.boolean().default(false),
		/** The dot also matches line ends. */
		dotAll: z.boolean().default(false),
		/** 'no-match': right if nothing matches. */
		right: z.enum(['match', 'no-match']).default('match'),
	}),
	/** Numbers, written as "1,234", "$18", "50 %". Right within either tolerance. */
	z.object({
		kind: z.literal('numeric'),
		...named,
		expected,
		/** Where to find the number in the answer. The two for GSM8K work as in lm-evaluation-harness. */
		find: z.enum(['last', 'first', 'whole', 'gsm8k-strict', 'gsm8k-flexible']).default('last'),
		/** Largest absolute difference. */
		tolerance: z.number().min(0).default(0),
		/** Largest difference as a share of the expected number: 0.01 is one per cent. */
		relativeTolerance: z.number().min(0).default(0),
		/** "50 %" is 0.5; otherwise the sign is ignored. */
		percentAsShare: z.boolean().default(false),
	}),
	/** The output is JSON and follows the schema, if there is one. */
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
	/** Share of the expected JSON object's fields that have the same value in the output. */
	z.object({
		kind: z.literal('json-fields'),
		...named,
		expected,
		/** Paths such as "address.city"; empty: every leaf of the expected object. */
		fields: z.array(z.string().min(1).max(200)).max(500).default([]),
		ignoreCase,
		tolerance: z.number().min(0).default(0),
		allowFence: z.boolean().default(true),
		/** 'all': 1 only if every field is right. */
		require: z.enum(['share', 'all']).default('share'),
	}),
	/**
	 * For `choice-likelihood`: the most likely choice is the right one. Variants divide by its length in characters
	 * (acc-norm), in bytes (acc-bytes), or subtract its likelihood with nothing before it (mutual-information);
	 * 'brier': 1 minus half the squared error of the probabilities, so that higher is better.
	 */
	z.object({
		kind: z.literal('choice'),
		...named,
		measure: z.enum(['acc', 'acc-norm', 'acc-bytes', 'mutual-information', 'brier']).default('acc'),
	}),
	/**
	 * For `choice-letter`: the written letter is that of the right choice. For `choice-likelihood`: the most likely
	 * choice is.
	 */
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
	 * 'instruction': share of a sample's instructions; a run pools them.
	 */
	z.object({
		kind: z.literal('ifeval'),
		...named,
		mode: z.enum(['strict', 'loose']).default('strict'),
		level: z.enum(['prompt', 'instruction']).default('prompt'),
	}),
	/**
	 * For `tools`: calls against what the sample expects, by the rules of the Berkeley Function Calling Leaderboard
	 * (docs/formulas.md#tool-calls). 'call': all expected calls and no others. 'tool': the right tools. 'schema': every
	 * call follows its tool's schema. 'arguments': share of calls with the right arguments. 'steps': expected calls by
	 * calls made, at most 1. 'result': the last words contain the target.
	 */
	z.object({ kind: z.literal('tool-calls'), ...named, part: z.enum(toolCallParts).default('call') }),
	/**
	 * For contexts with documents: the passages in the prompt against the sources that the sample expects
	 * (docs/formulas.md#retrieval). 'recall': share of the expected sources; 'mrr': 1 by the rank of the first; 'ndcg';
	 * 'precision': whether expected passages stand before others.
	 */
	z.object({
		kind: z.literal('sources'),
		...named,
		measure: z.enum(['recall', 'mrr', 'ndcg', 'precision']).default('recall'),
		/** Looks at the first passages only; null: at all. */
		k: z.int().min(1).max(200).nullable().default(null),
		/** Column of the samples that names their sources. */
		column: z.string().min(1).max(200).default('sources'),
	}),
	/** For contexts with documents: share of the answer's quotes that stand in a passage of its prompt. */
	z.object({ kind: z.literal('quotes'), ...named }),
	/**
	 * A user's own function, run in QuickJS without files, network or clock: `function score({ input, target, output,
	 * answer, choices, variables, metadata })` returns a number, true or false, or `{ score, explanation }`. For every
	 * scorer higher is better: a function that counts faults has to return less for more faults.
	 */
	z.object({
		kind: z.literal('javascript'),
		...named,
		code: z.string().min(1).max(200_000),
		/** Processor time per call. */
		timeMs: z.int().min(10).max(10_000).default(1_000),
		memoryMb: z.int().min(2).max(256).default(32),
	}),
	/** A model on this computer scores the output by a rubric; a grammar limits it to a verdict. */
	z.object({
		kind: z.literal('judge'),
		...named,
		/** Library id of the judge. */
		modelFileId: z.int(),
		rubric: z.string().trim().min(1).max(100_000),
		/**
		 * 'pass-fail': 1 or 0. 'grade': 1 to 5, stored as 0 to 1. 'grade-10': 1 to 10 as in MT-Bench, stored as a
		 * tenth: 0.48 is its 4.8. 'pair': better than the target, judged in both orders.
		 */
		scale: judgeScaleSchema.default('pass-fail'),
		/** Shows the judge the target. Always for 'pair'. */
		showTarget: z.boolean().default(true),
		/** The judge writes its reasons before the verdict: slower, often better. */
		reasons: z.boolean().default(false),
		/** Shows the judge the passages of the answer's prompt, for faithfulness. Left out: no. */
		showSources: z.literal(true).optional(),
	}),
]);

/** The score of one sample by one scorer. */
export const scoreSchema = z.object({
	/** Usually 0 to 1; null: could not be scored, for the reason in the explanation. */
	value: z.number().nullable(),
	explanation: z.string(),
});

export type Scorer = z.infer<typeof scorerSchema>;
/** As a user or a config file gives it: fields with a default may be left out. */
export type ScorerInput = z.input<typeof scorerSchema>;
export type ScorerKind = Scorer['kind'];
export type Score = z.infer<typeof scoreSchema>;
