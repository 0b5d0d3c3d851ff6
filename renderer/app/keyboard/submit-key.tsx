import { Kbd } from '../../design/kbd.tsx';
import { formatCombination } from './key-combination.ts';

/** Shows which key presses a form's main button. */
export function SubmitKey() {
	return <Kbd>{formatCombination('Mod+Enter')}</Kbd>;
}
