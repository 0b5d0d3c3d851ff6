import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';
import { ChangedDot } from './changed-dot.tsx';

/** A switch with a description. Takes effect at once. */
export function Switch({
	label,
	description,
	checked,
	onChange,
	changed = false,
}: {
	label: string;
	description?: ReactNode;
	checked: boolean;
	onChange: (checked: boolean) => void;
	/** Whether it differs from the default. */
	changed?: boolean;
}) {
	const id = useId();
	return (
		<div className="flex items-start gap-3">
			<div className="min-w-0 flex-1">
				<label htmlFor={id}>
					{label}
					{changed ? <ChangedDot /> : null}
				</label>
				{description === undefined ? null : <p className="text-xs text-ink-3">{description}</p>}
			</div>
			<Base.Root
				id={id}
				aria-label={label}
				checked={checked}
				onCheckedChange={onChange}
				className="group relative mt-px h-4.5 w-7.5 flex-none rounded-full inset-ring-[1.5px] inset-ring-control transition-colors duration-(--fast) data-checked:bg-accent data-checked:inset-ring-accent forced-colors:border forced-colors:data-checked:bg-[Highlight]"
			>
				<Base.Thumb className="absolute top-[3px] left-[3px] block size-3 rounded-full bg-control transition-[translate,background-color] duration-(--fast) group-data-checked:translate-x-3 group-data-checked:scale-[1.16] group-data-checked:bg-on-accent forced-colors:-m-px forced-colors:bg-[ButtonText] forced-colors:group-data-checked:bg-[HighlightText]" />
			</Base.Root>
		</div>
	);
}
