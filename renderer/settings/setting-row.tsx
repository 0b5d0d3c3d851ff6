import type { ReactNode } from 'react';

/** A label with a description on the left and the control on the right, or below if there is no room. */
export function SettingRow({
	label,
	description,
	children,
}: {
	label: ReactNode;
	description?: ReactNode;
	children?: ReactNode;
}) {
	return (
		<div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
			<div className="min-w-0 flex-[1_1_18rem]">
				<div>{label}</div>
				{description === undefined ? null : <div className="text-xs text-pretty text-ink-3">{description}</div>}
			</div>
			{children === undefined ? null : <div className="flex flex-wrap items-center gap-1.5">{children}</div>}
		</div>
	);
}
