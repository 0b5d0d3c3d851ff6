import { z } from 'zod';
import { Failure } from '../../models/contract/failure.ts';
import { said, type Words } from '../../models/contract/said.ts';
import {
	type Comparison,
	comparisonExportSchema,
	comparisonSchema,
	longestExport,
} from '../contract/comparison/schema.ts';

/** Read first, to check that the file is one of ours and of a version that this Assay knows. */
const headSchema = z.object({ format: z.literal('assay-comparison'), version: z.int().min(1) });
const version = comparisonExportSchema.shape.version.value;

/** Longest title that is stored, characters. */
const longestTitle = 500;
/** The last millisecond that a Date can hold. */
const latestTime = 8.64e15;
/** More files than a plan can have. */
const mostRows = 82;

const again = said`Save it as JSON again, in Compare on the other computer`;

/** Reads an export. Throws Failure `comparison-file-invalid`, `comparison-file-newer`, `comparison-file-empty`. */
export function readExport(text: string): Comparison {
	const content = parse(text);
	const head = headSchema.safeParse(content);
	if (!head.success) throw invalid(said`it does not say that it is a comparison of Assay`);
	if (head.data.version > version) {
		throw new Failure({
			code: 'comparison-file-newer',
			message: said`This comparison was saved by a newer Assay (format ${head.data.version}; this version reads up to ${version}).`,
			next: [said`Update Assay on this computer`, said`Export it as Markdown or CSV on the other computer`],
		});
	}
	const parsed = comparisonExportSchema.safeParse(content);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw invalid(said`${issue?.path.join('.') ?? ''}: ${issue?.message ?? said`not as expected`}`);
	}
	const { rows, createdAt, endedAt } = parsed.data;
	if ([createdAt, endedAt ?? 0].some((at) => Math.abs(at) > latestTime)) throw invalid(said`its date is invalid`);
	if (rows.length > mostRows) throw invalid(said`it has ${rows.length} files, more than a comparison can have`);
	if (!rows.some(({ quality, generation }) => quality.length > 0 || generation !== null)) {
		throw new Failure({
			code: 'comparison-file-empty',
			message: said`This comparison was saved before anything was measured.`,
			next: [said`Complete it on the other computer`, again],
		});
	}
	const { format: _, version: __, ...body } = parsed.data;
	return body;
}

function parse(text: string): unknown {
	if (text.length > longestExport) throw invalid(said`it is too large to be an export`);
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		throw invalid(said`it isn’t JSON`, error);
	}
}

function invalid(why: Words, cause?: unknown): Failure {
	return new Failure(
		{
			code: 'comparison-file-invalid',
			message: said`This file is not a comparison saved by Assay: ${why}.`,
			next: [again],
		},
		{ cause },
	);
}

/** Reads a stored import. Throws Failure `comparison-file-invalid` if an earlier Assay stored it in another form. */
export function readImported(imported: string): Comparison {
	const parsed = comparisonSchema.safeParse(JSON.parse(imported));
	if (parsed.success) return parsed.data;
	throw invalid(said`an earlier Assay kept it in another form`);
}

/** "AMD EPYC 7B13, 2 cores": the name that people give a computer; an export contains no other. */
export function machineOf({ processor, cores }: Comparison['conditions']): string {
	const name = String(processor ?? '').trim() || 'Another computer';
	return cores === undefined ? name : `${name}, ${cores} cores`;
}

/**
 * Turns an export into an entry of the comparison list. It refers to no files, runs or rows of this computer and is
 * never measured further.
 */
export function importedView(id: number, body: Comparison): Comparison {
	const places = new Map(body.rows.map(({ candidateId }, index) => [candidateId, index + 1]));
	const { verdict } = body;
	return {
		...body,
		id,
		title: body.title.slice(0, longestTitle),
		status: 'done',
		doing: null,
		secondsLeft: null,
		failure: null,
		importedFrom: machineOf(body.conditions),
		dropped: [],
		rows: body.rows.map((row, index) => ({ ...row, candidateId: index + 1, modelFileId: null })),
		run: body.run === null ? null : { ...body.run, runId: null },
		verdict: verdict === null ? null : { ...verdict, choose: places.get(verdict.choose ?? 0) ?? null },
	};
}
