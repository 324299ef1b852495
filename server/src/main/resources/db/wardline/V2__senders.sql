-- Which of a line's numbers a patient knows it by. Empty for a line with one number.
ALTER TABLE conversation ADD COLUMN sender text;
GRANT UPDATE (sender) ON conversation TO wardline_server;
