import { CircleAlert, type LucideIcon } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { Icon } from './icon.tsx';

export const fieldClass =
	'flex h-7.5 items-center gap-1.5 rounded-md border bg-surface px-2 text-ink focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus';

/** Label above, hint on its right, error text below. */
export function Labelled({
	label,
	hint,
	error,
	htmlFor,
	children,
}: {
	label: ReactNode;
	hint?: ReactNode;
	error?: string | undefined;
	htmlFor: string;
	children: ReactNode;
}) {
	return (
		<div>
			<div className="mb-[5px] flex text-xs font-medium text-ink-2">
				<label htmlFor={htmlFor} className="flex-1">
					{label}
				</label>
				{hint === undefined ? null : <span className="font-normal text-ink-3 tabular-nums">{hint}</span>}
			</div>
			{children}
			{error === undefined ? null : (
				<p id={`${htmlFor}-error`} className="mt-1 flex items-start gap-[5px] text-xs text-bad">
					<Icon of={CircleAlert} size={12} className="mt-[3px]" />
					{error}
				</p>
			)}
		</div>
	);
}

/** A single-line text field. */
export function TextField({
	label,
	hint,
	error,
	icon,
	mono = false,
	...rest
}: Omit<ComponentProps<'input'>, 'id'> & {
	label: ReactNode;
	hint?: ReactNode;
	error?: string | undefined;
	icon?: LucideIcon;
	mono?: boolean;
}) {
	const id = useId();
	return (
		<Labelled label={label} hint={hint} error={error} htmlFor={id}>
			<div className={`${fieldClass} ${error === undefined ? 'border-control' : 'border-bad'}`}>
				{icon ? <Icon of={icon} size={14} className="text-ink-3" /> : null}
				<input
					{...rest}
					id={id}
					aria-invalid={error !== undefined}
					aria-describedby={error === undefined ? undefined : `${id}-error`}
					className={`min-w-0 flex-1 bg-transparent outline-none ${mono ? 'font-mono text-xs' : ''}`}
				/>
			</div>
		</Labelled>
	);
}

/** A multi-line text field; grows with its text up to `maxScrollHeight`. */
export function TextArea({
	label,
	hint,
	error,
	mono = false,
	maxHeight = 240,
	...rest
}: Omit<ComponentProps<'textarea'>, 'id'> & {
	label: ReactNode;
	hint?: ReactNode;
	error?: string | undefined;
	mono?: boolean;
	maxHeight?: number;
}) {
	const id = useId();
	return (
		<Labelled label={label} hint={hint} error={error} htmlFor={id}>
			<textarea
				{...rest}
				id={id}
				aria-invalid={error !== undefined}
				aria-describedby={error === undefined ? undefined : `${id}-error`}
				style={{ maxHeight }}
				className={`block field-sizing-content min-h-[78px] w-full resize-none rounded-md border bg-surface px-2.5 py-2 ${error === undefined ? 'border-control' : 'border-bad'} focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus ${mono ? 'font-mono text-xs' : ''}`}
			/>
		</Labelled>
	);
}
