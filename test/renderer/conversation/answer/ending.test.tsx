import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Ending } from '../../../../renderer/conversation/answer/answer.tsx';
import { buildMessage } from '../../../support/fixtures/conversation.ts';

test('an answer that the end of Assay interrupted says that its text was kept only if there is any', () => {
	const endingOf = (content: string): string =>
		renderToStaticMarkup(
			<Ending message={buildMessage(2, { role: 'assistant', status: 'interrupted', content })} last />,
		);
	expect(endingOf('Half a')).toContain('The text so far was kept.');
	expect(endingOf('')).toContain('Assay closed before any text of this answer was written.');
	expect(endingOf('')).not.toContain('kept');
});
