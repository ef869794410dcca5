import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// The first render of a page loads its parts, slowly where the machine is busy.
configure({ asyncUtilTimeout: 10_000 });
jest.setTimeout(60_000);
