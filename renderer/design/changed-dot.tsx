import { t } from '../messages/t.ts';
/** Marks a value that differs from its default. */
export function ChangedDot() {
	return (
		<span className="ml-1.5 inline-block size-[5px] rounded-full bg-accent align-[2px]">
			<span className="sr-only"> {t('(changed)')}</span>
		</span>
	);
}
