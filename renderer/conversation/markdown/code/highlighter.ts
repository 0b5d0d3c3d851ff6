import type { Root } from 'hast';
import { loadOnDemand } from '../on-demand.ts';

type Highlight = (language: string, code: string) => Root | null;

/** Colours code of a known language. The grammars are a third of the page's code. */
export const highlighter = loadOnDemand<Highlight>(async () => {
	const { common, createLowlight } = await import('lowlight');
	const lowlight = createLowlight(common);
	return (language, code) => (lowlight.registered(language) ? lowlight.highlight(language, code) : null);
});
