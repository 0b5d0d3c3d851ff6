import { type MouseEvent, type ReactNode, useId } from 'react';

/** One question of the form: the label on the left, the control on the right. */
export function FormPart({
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
			{/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a press of a key is a click of the button it takes away, too */}
			<div className="flex min-w-0 flex-col items-start gap-3" onClick={keepFocus}>
				{children}
				{action}
			</div>
		</section>
	);
}

/** If a button removes its own row and loses the focus, focuses the part's last button, which adds another row. */
function keepFocus({ target, currentTarget }: MouseEvent<HTMLElement>): void {
	const pressed = target instanceof Element ? target.closest('button') : null;
	if (pressed === null) return;
	requestAnimationFrame(() => {
		if (pressed.isConnected || document.activeElement !== document.body) return;
		[...currentTarget.querySelectorAll('button')].at(-1)?.focus();
	});
}
