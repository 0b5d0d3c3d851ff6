import { z } from 'zod';
import type { ToolArguments, ToolDefinition } from '../../../contract/tools/schema.ts';
import { calculate } from './calculator.ts';
import { addToDate, daysBetween, tellTime } from './date-time.ts';
import { ArithmeticProblem } from './rational.ts';
import { FileRefused, limits, listFolder, type Readable, readTextFile } from './read-file.ts';
import { convertUnits } from './units.ts';

/** What built-in tools need of the application. */
export interface BuiltInContext {
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	/** Folders that the person chose, and what is not read in them. */
	readonly files: () => Readable;
	/** Runs JavaScript in the sandbox. */
	readonly runScript: (
		code: string,
		limits: { readonly timeMs: number; readonly memoryMb: number },
	) => Promise<{ readonly output: string } | { readonly problem: string }>;
	/** Searches the person's documents; rejects with a Failure. */
	readonly searchDocuments: (query: string, count: number, signal: AbortSignal) => Promise<string>;
}

/** Something that the model should read and correct. */
class ToolProblem extends Error {}

interface BuiltInTool<Input> {
	readonly name: string;
	/** For the model: part of every prompt, so it is short. */
	readonly description: string;
	readonly input: z.ZodType<Input>;
	run(input: Input, context: BuiltInContext, signal: AbortSignal): Promise<string> | string;
}

/** A built-in tool with its input already read. */
export interface BuiltIn {
	readonly name: string;
	readonly definition: ToolDefinition;
	/** Returns text for the model; what went wrong as `isError`. */
	run(
		args: ToolArguments,
		context: BuiltInContext,
		signal: AbortSignal,
	): Promise<{ readonly content: string; readonly isError: boolean }>;
}

/** Limits of a program that a model wrote. */
const scriptLimits = { timeMs: 5_000, memoryMb: 64 };

const tools: readonly BuiltIn[] = [
	tool({
		name: 'calculator',
		description: 'Computes an expression exactly, with fractions: 2^0.5, 15% of 80, sqrt(2), 7!, gcd(12, 18).',
		input: z.object({ expression: z.string().max(10_000) }),
		run: ({ expression }) => calculate(expression),
	}),
	tool({
		name: 'run_javascript',
		description:
			'Runs JavaScript in a sandbox without files, network or clock. Returns what console.log wrote and the value of the last statement.',
		input: z.object({ code: z.string().max(100_000) }),
		async run({ code }, { runScript }) {
			const outcome = await runScript(code, scriptLimits);
			if ('problem' in outcome) throw new ToolProblem(outcome.problem);
			return outcome.output === '' ? '[It wrote nothing.]' : outcome.output;
		},
	}),
	tool({
		name: 'read_file',
		description: 'Reads a text file in the folders that the person allowed.',
		input: z.object({
			path: z.string().max(4_096),
			offset: z.int().min(0).optional().describe('First byte'),
			length: z.int().min(1).max(200_000).optional().describe(`Bytes, at most ${limits.bytes}`),
		}),
		run: ({ path, offset, length }, { files }) => readTextFile(files(), path, { offset, length }),
	}),
	tool({
		name: 'list_folder',
		description: 'Lists a folder among those that the person allowed; without a path, these folders.',
		input: z.object({ path: z.string().max(4_096).optional() }),
		run: ({ path }, { files }) => listFolder(files(), path),
	}),
	tool({
		name: 'search_documents',
		description: 'Searches the documents that the person collected, by words and by meaning.',
		input: z.object({ query: z.string().min(1).max(2_000), count: z.int().min(1).max(20).optional() }),
		run: ({ query, count }, { searchDocuments }, signal) => searchDocuments(query, count ?? 5, signal),
	}),
	tool({
		name: 'current_time',
		description: 'Tells the date, time, weekday and week, here or in a time zone such as Europe/Paris.',
		input: z.object({ time_zone: z.string().max(100).optional() }),
		run: ({ time_zone: zone }, { clock }) => tellTime(clock(), zone),
	}),
	tool({
		name: 'calculate_date',
		description: 'Counts days between dates (to), or adds years, months and days to one. Dates are YYYY-MM-DD.',
		input: z.object({
			from: z.string().max(40),
			to: z.string().max(40).optional(),
			years: z.int().min(-10_000).max(10_000).optional(),
			months: z.int().min(-100_000).max(100_000).optional(),
			days: z.int().min(-4_000_000).max(4_000_000).optional(),
		}),
		run: ({ from, to, ...span }) => (to === undefined ? addToDate(from, span) : daysBetween(from, to)),
	}),
	tool({
		name: 'convert_units',
		description:
			'Converts between units of length, mass, time, temperature, area, volume, speed, energy, power, pressure, data.',
		input: z.object({
			value: z.union([z.number(), z.string().max(100)]),
			from: z.string().max(50).describe('Such as km, °F, GiB'),
			to: z.string().max(50),
		}),
		run: ({ value, from, to }) => convertUnits(String(value), from, to),
	}),
];

const byName = new Map(tools.map((one) => [one.name, one]));

export const builtInNames: readonly string[] = tools.map(({ name }) => name);

/** Returns undefined if this version has none of that name. */
export function findBuiltIn(name: string): BuiltIn | undefined {
	return byName.get(name);
}

/** Which arguments are wrong, so that a model, or who calls the tool by hand, can correct them. */
function wrongArguments({ issues }: z.ZodError): string {
	const lines = issues.map(({ path, message }) => `- ${path.join('.')}: ${message.replace(/^Invalid input: /, '')}`);
	return ['The arguments are wrong:', ...lines].join('\n');
}

function tool<Input>({ name, description, input, run }: BuiltInTool<Input>): BuiltIn {
	const { $schema: _, additionalProperties: __, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
	return {
		name,
		definition: { description, inputSchema },
		async run(args, context, signal) {
			const read = input.safeParse(args);
			if (!read.success) return { content: wrongArguments(read.error), isError: true };
			try {
				return { content: await run(read.data, context, signal), isError: false };
			} catch (error) {
				if (error instanceof ArithmeticProblem || error instanceof FileRefused || error instanceof ToolProblem)
					return { content: error.message, isError: true };
				throw error;
			}
		},
	};
}
