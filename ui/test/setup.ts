import { cleanup, configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';

// Ends as soon as what is waited for is there; the bound is for machines that are busy.
configure({ asyncUtilTimeout: 10_000 });

afterEach(() => cleanup());
