import { expect, test } from 'vitest';
import { findBareTexts, textOf } from '../../scripts/messages/find-bare-texts.ts';
import { lineOf, readSourceFiles } from '../../scripts/messages/syntax.ts';
import { root } from './sources.ts';

/** Code whose failures only a terminal or another program reads, so they stay in English. */
const inEnglish = /^electron\/(?:hosts\/cli|mcp|server\/(?!keys\.ts|server\.ts))/;

test.each(['electron', 'models'])('the page can word every failure of %s: its texts are made by said`…`', (folder) => {
	const bare = readSourceFiles(root, folder, /\bmessage\b/)
		.filter(({ path }) => !inEnglish.test(path))
		.flatMap((source) =>
			findBareTexts(source).map(({ node }) => `${source.path}:${lineOf(source.text, node.start)}: ${textOf(node)}`),
		);
	expect(bare).toEqual([]);
});
