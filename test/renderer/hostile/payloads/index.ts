import { htmlPayloads } from './html.ts';
import { linkPayloads } from './links.ts';
import { markdownPayloads } from './markdown.ts';
import { mathsPayloads } from './maths.ts';
import { namePayloads } from './names.ts';
import { svgPayloads } from './svg.ts';

/** Text that would act if it were ever read as more than text, by its format. */
export const payloads = {
	html: htmlPayloads,
	svg: svgPayloads,
	links: linkPayloads,
	markdown: markdownPayloads,
	maths: mathsPayloads,
	names: namePayloads,
} as const;

export const allPayloads: readonly string[] = Object.values(payloads).flat();
