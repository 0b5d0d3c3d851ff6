import type { Run } from '../../contract/evaluation/schema.ts';
import { type ExportedRow, type ExportWriter, modelName } from './export-writer.ts';

/** XML 1.0 can't contain most control characters and lone surrogates, even escaped. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function xml(text: string): string {
	return text
		.toWellFormed()
		.replace(forbidden, '\uFFFD')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll('\n', '&#10;');
}

const mostText = 2_000;

function testCase({ arm, sample, epoch, failure, scores, output, ms }: ExportedRow, epochs: number): string {
	const name = epochs === 1 ? sample.key : `${sample.key} #${epoch + 1}`;
	const time = ms === null ? '' : ` time="${(ms / 1000).toFixed(3)}"`;
	const model = modelName(arm);
	// A run of one combination is named after its model.
	const className = arm.label === model ? model : `${arm.label} (${model})`;
	const head = `<testcase classname="${xml(className)}" name="${xml(name)}"${time}>`;
	const wrong = scores.filter(({ value }) => value !== null && value < 1);
	const unscored = scores.filter(({ value }) => value === null);
	const body =
		failure !== null
			? `<error type="${xml(failure.code)}" message="${xml(failure.message)}"/>`
			: wrong.length > 0
				? `<failure type="${xml(wrong.map(({ scorer }) => scorer).join(', '))}" message="${xml(
						wrong
							.map(({ scorer, value, explanation }) => `${scorer} ${value}: ${explanation}`)
							.join('; ')
							.slice(0, mostText),
					)}">${xml(output.slice(0, mostText))}</failure>`
				: unscored.length > 0
					? `<skipped message="${xml(
							unscored
								.map(({ scorer, explanation }) => `${scorer}: ${explanation}`)
								.join('; ')
								.slice(0, mostText),
						)}"/>`
					: '';
	return `${head}${body}</testcase>\n`;
}

/** For a run that re-scores outputs: the manifest that generated them. */
function outputsOf({ manifest: { marked } }: Run): string {
	return marked === undefined ? '' : `<property name="outputs-of-manifest" value="${marked.manifestHash}"/>`;
}

/**
 * One test case per answer: a failure if a scorer gave less than 1, an error if it failed, skipped if it could not be
 * scored. One suite, because JUnit readers count its cases themselves.
 */
export const junitWriter: ExportWriter = {
	extension: 'xml',
	head: (run) =>
		`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="${xml(run.name)}" tests="${run.progress.done}" errors="${run.progress.errors}" timestamp="${new Date(run.startedAt ?? run.createdAt).toISOString()}">\n<properties><property name="manifest" value="${run.manifestHash}"/>${outputsOf(run)}</properties>\n`,
	rows: (rows, { run }) => rows.map((row) => testCase(row, run.manifest.epochs)).join(''),
	tail: () => '</testsuite>\n</testsuites>\n',
};
