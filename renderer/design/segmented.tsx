import { RadioRow, type RadioRowProps } from './radio-row.tsx';

const look = {
	row: 'inline-flex min-w-0 flex-wrap gap-0.5 rounded-[8px] border border-line bg-sunken p-0.5',
	choice:
		'h-6 px-2.5 text-xs font-medium whitespace-nowrap text-ink-2 has-checked:bg-raised has-checked:text-ink has-checked:shadow-control has-checked:inset-ring has-checked:inset-ring-line-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-focus',
	count: '',
};

/** Chooses one of a few options side by side, in a second row if there is no room; the chosen one is raised. */
export function Segmented<T extends string>(props: RadioRowProps<T>) {
	return <RadioRow {...props} look={look} />;
}
