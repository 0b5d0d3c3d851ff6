import { Kbd } from '../../design/kbd.tsx';
import { formatCombination } from './key-combination.ts';

/** The key of a form's main button, beside it. */
export function SubmitKey() {
	return <Kbd>{formatCombination('Mod+Enter')}</Kbd>;
}
