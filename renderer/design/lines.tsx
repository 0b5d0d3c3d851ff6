import { Fragment } from 'react';

/** A text of several lines, such as a column's header. */
export function Lines({ text }: { text: string }) {
	return text.split('\n').map((line, index) => (
		<Fragment key={line}>
			{index === 0 ? null : <br />}
			{line}
		</Fragment>
	));
}
