import { ChangedDot } from '../../../design/field/changed-dot.tsx';

/** What stands above a choice, with a dot where it is not the default. */
export function FieldLabel({ of, changed = false }: { of: string; changed?: boolean }) {
	return (
		<p className="mb-[5px] text-xs font-medium text-ink-2">
			{of}
			{changed ? <ChangedDot /> : null}
		</p>
	);
}
