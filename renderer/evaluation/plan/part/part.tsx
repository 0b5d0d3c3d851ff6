import { type ReactNode, useId } from 'react';

/** One question of the form: what is asked left, what is chosen right. */
export function Part({
	title,
	hint,
	action,
	children,
}: {
	title: string;
	hint?: ReactNode;
	action?: ReactNode;
	children: ReactNode;
}) {
	const id = useId();
	return (
		<section
			aria-labelledby={id}
			className="grid gap-x-6 gap-y-1.5 border-b border-line py-4 last:border-0 min-[760px]:grid-cols-[148px_minmax(0,1fr)]"
		>
			<div>
				<h2 id={id} className="font-semibold">
					{title}
				</h2>
				{hint === undefined ? null : <p className="mt-0.5 text-xs text-pretty text-ink-3">{hint}</p>}
			</div>
			<div className="flex min-w-0 flex-col items-start gap-2">
				{children}
				{action}
			</div>
		</section>
	);
}
