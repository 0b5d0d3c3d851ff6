import { RadioRow, type RadioRowProps } from './radio-row.tsx';

const look = {
	row: 'flex flex-wrap gap-x-0.5',
	choice:
		'relative h-7 px-2 text-ink-2 hover:text-ink has-checked:font-semibold has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-focus',
	count: 'text-xs',
};

/** Switches between views of one thing; words in a row. */
export function ViewTabs<T extends string>(props: RadioRowProps<T>) {
	return <RadioRow {...props} look={look} />;
}
