import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { NumberedTitle } from '../../../../renderer/conversation/list/numbered-title.tsx';

/** Texts of a title's parts; only the first is cut when there is no room. */
function partsOf(title: string): string[] {
	return [...renderToStaticMarkup(<NumberedTitle title={title} />).matchAll(/<span class="[^"]*">([^<]+)</g)].map(
		([, text]) => text!,
	);
}

test('the number of a branch is kept when its title is cut', () => {
	expect(partsOf('Light minutes (2)')).toEqual(['Light minutes', ' (2)']);
});

test('numbers elsewhere in a title are cut with it', () => {
	expect(partsOf('Light minutes')).toEqual(['Light minutes']);
	expect(partsOf('Plan (2) for June')).toEqual(['Plan (2) for June']);
	expect(partsOf('The year (20261)')).toEqual(['The year (20261)']);
	expect(partsOf('(2)')).toEqual(['(2)']);
});
