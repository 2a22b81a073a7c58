"""What may leave: public tables, reports and exports."""
