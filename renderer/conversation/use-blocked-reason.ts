import { useStore } from 'zustand';
import { useServices } from '../services.ts';
import { findBlockedReason } from './actions.ts';

/** Why a message can't be sent now; follows the models and the conversation on the screen. */
export function useBlockedReason(): string | null {
	const services = useServices();
	useStore(services.thread.state, () => findBlockedReason(services));
	return useStore(services.models.state, () => findBlockedReason(services));
}
